import { Context } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';

/** Payments heartbeat faster than their time-out of 2 s, so that a worker's death is noticed in that time. */
const EVERY_MS = 500;

/** Heartbeats for as long as an activity runs, whatever it waits for. */
export const heartbeatWhileRunning: ActivityInterceptorsFactory = () => ({
  inbound: {
    async execute(input, next) {
      const context = Context.current();
      const beating = setInterval(() => context.heartbeat(), EVERY_MS);
      try {
        return await next(input);
      } finally {
        clearInterval(beating);
      }
    },
  },
});
