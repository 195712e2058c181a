import type { components } from '../../../dist/openapi/schema';

/** A refusal as the API says it (RFC 9457), in the reader's language. */
export type Problem = components['schemas']['Problem'];

/** What a request came to when it did not come to an answer. */
export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

/** @returns what was thrown as a problem; null for what is none of the API's, such as a network that is gone. */
export function problemOf(error: unknown): Problem | null {
  return error instanceof ProblemError ? error.problem : null;
}
