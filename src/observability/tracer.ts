import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { Resource } from '@opentelemetry/resources';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { ActivityInterceptorsFactory, InjectedSinks } from '@temporalio/worker';
import {
  makeWorkflowExporter,
  OpenTelemetryActivityInboundInterceptor,
  OpenTelemetryWorkflowClientInterceptor,
  type OpenTelemetrySinks,
} from '@temporalio/interceptors-opentelemetry';
import { CleanExporter } from './cleanExporter';

/** Finished spans wait so long for others, ms. */
const BATCH_MS = 1_000;
const STOP_MS = 500;

/** What a process traces with. */
export interface Tracer {
  readonly clientInterceptor: OpenTelemetryWorkflowClientInterceptor;
  readonly activityInterceptor: ActivityInterceptorsFactory;
  readonly sinks: InjectedSinks<OpenTelemetrySinks>;
  stop(): Promise<void>;
}

/** Starts tracing, by OpenTelemetry's standard environment. A collector that is away costs spans and nothing else. @param service the process, as traces name it */
export function startTracer(service: string): Tracer {
  const resource = new Resource({ 'service.name': service });
  const processor = new BatchSpanProcessor(new CleanExporter(new OTLPTraceExporter()), { scheduledDelayMillis: BATCH_MS });
  const provider = new NodeTracerProvider({ resource, spanProcessors: [processor] });
  provider.register();
  // Statements stand with their placeholders; what is asked outside of any request (polls, pings) is not traced.
  registerInstrumentations({
    tracerProvider: provider,
    instrumentations: [new PgInstrumentation({ requireParentSpan: true, enhancedDatabaseReporting: false })],
  });
  return {
    clientInterceptor: new OpenTelemetryWorkflowClientInterceptor(),
    activityInterceptor: (context) => ({ inbound: new OpenTelemetryActivityInboundInterceptor(context) }),
    sinks: { exporter: makeWorkflowExporter(processor, resource) },
    stop: () => Promise.race([provider.shutdown(), new Promise<void>((resolve) => setTimeout(resolve, STOP_MS).unref())]),
  };
}
