import { type Context, context, trace } from '@opentelemetry/api';
import { extractContextFromHeaders, TRACE_HEADER } from '@temporalio/interceptors-opentelemetry/lib/instrumentation';
import {
  OpenTelemetryInboundInterceptor,
  OpenTelemetryInternalsInterceptor,
  OpenTelemetryOutboundInterceptor,
} from '@temporalio/interceptors-opentelemetry/lib/workflow';
import { type WorkflowInterceptors, workflowInfo } from '@temporalio/workflow';

/** Steps this long after a word are no longer its doing: a campaign lives for months, a trace should not. Workflow time, ms. */
const CAUSE_MS = 60_000;

/**
 * Steps of a workflow stand in the trace of the word that it heard last: its main line runs since its start, and would count everything as the first
 * request's doing. Only headers come of it, never a command; a run that no client gave a trace goes on as if this were not here.
 */
export function interceptors(): WorkflowInterceptors {
  let cause: { readonly context: Context; readonly heardMs: number } | null = null;
  const because = (of: Context): void => {
    cause = { context: of, heardMs: Date.now() };
  };
  /** Runs a step in its cause's trace, or as it is. */
  const traced = <T>(step: (outbound: OpenTelemetryOutboundInterceptor) => T, plain: () => T): T =>
    cause && Date.now() - cause.heardMs <= CAUSE_MS ? context.with(cause.context, () => step(new OpenTelemetryOutboundInterceptor())) : plain();

  return {
    inbound: [
      {
        execute: (input, next) => {
          if (input.headers[TRACE_HEADER]) because(new Inbound().begin(extractContextFromHeaders(input.headers) ?? context.active()));
          return next(input);
        },
        handleUpdate: (input, next) =>
          input.headers[TRACE_HEADER]
            ? new Inbound().handleUpdate(input, (heard) => {
                because(context.active());
                return next(heard);
              })
            : next(input),
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) =>
          traced(
            (outbound) => outbound.scheduleActivity(input, next),
            () => next(input),
          ),
        scheduleLocalActivity: (input, next) =>
          traced(
            (outbound) => outbound.scheduleLocalActivity(input, next),
            () => next(input),
          ),
        continueAsNew: (input, next) =>
          traced(
            (outbound) => outbound.continueAsNew(input, next),
            () => next(input),
          ),
      },
    ],
    internals: [new OpenTelemetryInternalsInterceptor()],
  };
}

/** The library's, which keeps its tracer to itself. Made only once a trace arrived. */
class Inbound extends OpenTelemetryInboundInterceptor {
  /** A span that tells of the beginning and does not last as long as the workflow: months later nobody waits for its end. @returns its context */
  begin(parent: Context): Context {
    const span = this.tracer.startSpan(`RunWorkflow:${workflowInfo().workflowType}`, {}, parent);
    span.end();
    return trace.setSpan(parent, span);
  }
}
