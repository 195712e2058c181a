import { activityInfo } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { countActivity } from '../observability/metrics';

/** Counts each activity by name and outcome, with the seconds that it took. */
export const measured: ActivityInterceptorsFactory = () => ({
  inbound: {
    async execute(input, next) {
      const began = process.hrtime.bigint();
      let outcome: 'done' | 'failed' = 'failed';
      try {
        const result = await next(input);
        outcome = 'done';
        return result;
      } finally {
        countActivity(activityInfo().activityType, outcome, Number(process.hrtime.bigint() - began) / 1e9);
      }
    },
  },
});
