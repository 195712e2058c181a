import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

interface Payload {
  readonly data?: string;
}
interface Payloads {
  readonly payloads?: readonly Payload[];
}
interface HistoryEvent {
  readonly eventId: string;
  readonly eventType: string;
  readonly [attributes: string]: unknown;
}

const plain = (payload: Payload): string => Buffer.from(payload.data ?? '', 'base64').toString();
const values = (of: Payloads | undefined): string => (of?.payloads ?? []).map(plain).join(', ');

/**
 * What a recorded run did, a line each: `heard stopped`, `asked publicityStanding = "over"`, `did settleBooks(…) = true`, `waits on the wall`,
 * `ended "settled"`.
 * @param file a gzipped history as `npm run histories` keeps it
 */
export function traceOf(file: string): string {
  const { events } = JSON.parse(gunzipSync(readFileSync(file)).toString()) as { events: HistoryEvent[] };
  const scheduled = new Map<string, string>();
  return events.flatMap((event) => lineOf(event, scheduled)).join('\n');
}

function lineOf(event: HistoryEvent, scheduled: Map<string, string>): string[] {
  const attributes = event[Object.keys(event).find((key) => key.endsWith('EventAttributes')) ?? ''] as Record<string, never> | undefined;
  if (!attributes) return [];
  switch (event.eventType.replace('EVENT_TYPE_', '')) {
    case 'ACTIVITY_TASK_SCHEDULED': {
      const { activityType, input } = attributes as unknown as { activityType: { name: string }; input?: Payloads };
      scheduled.set(event.eventId, `${activityType.name}(${values(input)})`);
      return [];
    }
    case 'ACTIVITY_TASK_COMPLETED': {
      const { scheduledEventId, result } = attributes as unknown as { scheduledEventId: string; result?: Payloads };
      return [`did ${scheduled.get(scheduledEventId)} = ${values(result)}`];
    }
    case 'MARKER_RECORDED': {
      const { markerName, details } = attributes as unknown as { markerName: string; details?: Record<string, Payloads> };
      if (markerName !== 'core_local_activity') return [];
      const { activity_type: name } = JSON.parse(values(details?.data)) as { activity_type: string };
      return [`asked ${name} = ${values(details?.result)}`];
    }
    case 'WORKFLOW_EXECUTION_UPDATE_ACCEPTED': {
      const { acceptedRequest } = attributes as unknown as { acceptedRequest?: { input?: { name?: string; args?: Payloads } } };
      if (acceptedRequest?.input?.name !== 'notice') return [];
      return [`heard ${(JSON.parse(values(acceptedRequest.input.args)) as { notice: string }).notice}`];
    }
    case 'TIMER_STARTED':
      return ['waits on the wall'];
    case 'WORKFLOW_EXECUTION_COMPLETED':
      return [`ended ${values((attributes as unknown as { result?: Payloads }).result)}`];
    case 'WORKFLOW_EXECUTION_CONTINUED_AS_NEW':
      return ['went on as new'];
    default:
      return [];
  }
}
