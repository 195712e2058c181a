import type { Attributes } from '@opentelemetry/api';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import { withoutNumbers } from '../security/redaction';

/** All that a span may tell. Whatever else a library writes on it (addresses, messages, a workflow's memo) stays here. */
const TOLD = new Set([
  'almoner.request_id',
  'http.request.method',
  'http.response.status_code',
  'http.route',
  'db.system',
  'db.name',
  'db.statement',
  'run_id',
  'temporalWorkflowId',
  'temporalActivityId',
  'temporalUpdateId',
]);

const clean = (attributes: Attributes): Attributes =>
  Object.fromEntries(
    Object.entries(attributes)
      .filter(([key]) => TOLD.has(key))
      .map(([key, value]) => [key, typeof value === 'string' ? withoutNumbers(value) : value]),
  );

/** An exporter in front of another: a span leaves the house with its name, its times, its kin and what is in TOLD. Of an error only that it was one. */
export class CleanExporter implements SpanExporter {
  constructor(private readonly behind: SpanExporter) {}

  export(spans: ReadableSpan[], done: Parameters<SpanExporter['export']>[1]): void {
    this.behind.export(spans.map(told), done);
  }

  async shutdown(): Promise<void> {
    await this.behind.shutdown();
  }

  async forceFlush(): Promise<void> {
    await this.behind.forceFlush?.();
  }
}

function told(span: ReadableSpan): ReadableSpan {
  // A span's fields are partly accessors of its class: named one by one, a copy has them all.
  return {
    name: withoutNumbers(span.name),
    kind: span.kind,
    spanContext: () => span.spanContext(),
    parentSpanId: span.parentSpanId,
    startTime: span.startTime,
    endTime: span.endTime,
    status: { code: span.status.code },
    attributes: clean(span.attributes),
    links: [],
    events: [],
    duration: span.duration,
    ended: span.ended,
    resource: span.resource,
    instrumentationLibrary: span.instrumentationLibrary,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}
