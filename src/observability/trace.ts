import { context, type Context, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace, TraceFlags } from '@opentelemetry/api';

/** Ids of W3C trace context, version 00. */
const FORM = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** @returns the trace that this code runs in, as a row of the outbox carries it; null where nothing is traced. */
export function traceparent(): string | null {
  const of = trace.getActiveSpan()?.spanContext();
  if (!of || !trace.isSpanContextValid(of)) return null;
  return `00-${of.traceId}-${of.spanId}-${of.traceFlags.toString(16).padStart(2, '0')}`;
}

/** Runs `work` in the trace of `parent`, the form that `traceparent` gives; without one, in none. */
export function inTraceOf<T>(parent: string | null, work: () => T): T {
  return context.with(contextOf(parent), work);
}

function contextOf(parent: string | null): Context {
  const [, traceId, spanId, flags] = FORM.exec(parent ?? '') ?? [];
  if (!traceId || !spanId) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: Number.parseInt(flags!, 16) & TraceFlags.SAMPLED, isRemote: true });
}

/** Begins the span of a request; until its route is known it bears the method alone. Where nothing is traced it costs nothing. */
export function beginRequestSpan(method: string): Span {
  return trace.getTracer('almoner').startSpan(method, { kind: SpanKind.SERVER, attributes: { 'http.request.method': method } }, ROOT_CONTEXT);
}

/** Runs `work` as a part of a span. */
export function within<T>(span: Span, work: () => T): T {
  return context.with(trace.setSpan(context.active(), span), work);
}

/** Ends the span of a request. @param route its pattern, never the address. */
export function endRequestSpan(span: Span, method: string, route: string, status: number, requestId: string): void {
  span.updateName(`${method} ${route}`);
  span.setAttributes({ 'http.route': route, 'http.response.status_code': status, 'almoner.request_id': requestId });
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
