import type { ClientInterceptors } from '@temporalio/client';
import type { WorkerOptions } from '@temporalio/worker';
import path from 'node:path';
import type { Tracer } from './tracer';

/**
 * Traces go to a collector (OTLP over HTTP) where `OTEL_EXPORTER_OTLP_ENDPOINT` names one; else nothing of OpenTelemetry's SDK is even loaded.
 * The first import of a process's main, before `pg` is loaded: a module that is loaded already can no longer be watched.
 */
const tracer: Tracer | null = process.env.OTEL_EXPORTER_OTLP_ENDPOINT ? begin() : null;

function begin(): Tracer {
  const { startTracer }: typeof import('./tracer') = require('./tracer');
  return startTracer(serviceName());
}

/** almoner-api of apiMain.js. */
function serviceName(): string {
  return process.env.OTEL_SERVICE_NAME ?? `almoner-${path.basename(process.argv[1] ?? 'none', '.js').replace(/Main$/, '')}`;
}

/** @returns what has a client of Temporal carry the trace along; nothing where nothing is traced. */
export function tracedClient(): ClientInterceptors {
  return tracer ? { workflow: [tracer.clientInterceptor] } : {};
}

/** @returns what a worker traces activities with. */
export function tracedActivities(): NonNullable<NonNullable<WorkerOptions['interceptors']>['activity']> {
  return tracer ? [tracer.activityInterceptor] : [];
}

/** @returns where spans that begin within workflows go to: workflows themselves reach nothing. They begin none unless a client carries a trace. */
export function tracedWorkflows(): Pick<WorkerOptions, 'sinks'> {
  return tracer ? { sinks: tracer.sinks } : {};
}

/** Sends what is not sent yet, for half a second at most. */
export async function stopTracing(): Promise<void> {
  await tracer?.stop();
}
