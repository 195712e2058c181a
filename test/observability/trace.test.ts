import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { ExportResultCode } from '@opentelemetry/core';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { CleanExporter } from '../../src/observability/cleanExporter';
import { beginRequestSpan, endRequestSpan, inTraceOf, traceparent, within } from '../../src/observability/trace';
import { rows } from '../../src/database/connect';
import { aSubmission } from '../support/campaigns';
import { aHouse } from '../support/house';
import { aTenant } from '../support/people';

test('where nothing is traced, rows of the outbox carry none, and what carries another form is refused', async () => {
  const house = await aHouse();
  await aSubmission(house, await aTenant(house));
  expect(await rows(house.db, 'select distinct traceparent from outbox')).toEqual([{ traceparent: null }]);
  await expect(house.owner('outbox').update({ traceparent: '00-abc-def-01 drop' })).rejects.toMatchObject({ constraint: 'traceparent_form' });
  await house.close();
});

describe('with a tracer', () => {
  const kept = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(new CleanExporter(kept))] });
  beforeAll(() => provider.register());
  afterAll(() => provider.shutdown());
  beforeEach(() => kept.reset());

  test('a row continues the trace of the request that wrote it', () => {
    const span = beginRequestSpan('POST');
    const carried = within(span, traceparent)!;
    expect(carried).toBe(`00-${span.spanContext().traceId}-${span.spanContext().spanId}-01`);
    inTraceOf(carried, () => trace.getTracer('test').startSpan('told').end());
    endRequestSpan(span, 'POST', '/v1/campaigns', 201, 'request-0001');
    const [told, request] = kept.getFinishedSpans();
    expect(told).toMatchObject({ name: 'told', parentSpanId: request!.spanContext().spanId });
    expect(request).toMatchObject({
      name: 'POST /v1/campaigns',
      kind: SpanKind.SERVER,
      attributes: { 'http.route': '/v1/campaigns', 'http.response.status_code': 201, 'almoner.request_id': 'request-0001' },
    });
  });

  test.each([null, '', 'nonsense', `00-${'0'.repeat(32)}-${'1'.repeat(16)}-01`])('%j is no trace to continue', (carried) => {
    inTraceOf(carried, () => trace.getTracer('test').startSpan('alone').end());
    expect(kept.getFinishedSpans()[0]!.parentSpanId).toBeUndefined();
  });

  test('a span leaves without messages, stacks, addresses and whatever else is not on the list', () => {
    const canary = '张三 6217001234567890 13800138000';
    const span = trace
      .getTracer('test')
      .startSpan(`look 13800138000`, { attributes: { 'db.statement': "select '13800138000' where id = $1", 'url.full': canary } }, ROOT_CONTEXT);
    span.recordException(new Error(canary));
    span.addEvent(canary, { said: canary });
    span.setStatus({ code: SpanStatusCode.ERROR, message: canary });
    span.end();
    const [sent] = kept.getFinishedSpans();
    const { resource: _resource, ...rest } = sent!;
    for (const never of canary.split(' ')) expect(JSON.stringify(rest)).not.toContain(never);
    expect(sent).toMatchObject({
      name: 'look [number]',
      status: { code: SpanStatusCode.ERROR },
      events: [],
      attributes: { 'db.statement': "select '[number]' where id = $1" },
    });
  });

  test('what the collector answers comes back', async () => {
    const refuses = {
      export: (_spans: unknown, done: (result: { code: number }) => void): void => done({ code: ExportResultCode.FAILED }),
      shutdown: async (): Promise<void> => undefined,
    };
    const code = await new Promise((resolve) => new CleanExporter(refuses).export([], (result) => resolve(result.code)));
    expect(code).toBe(ExportResultCode.FAILED);
  });
});
