import { randomBytes } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import type { Logger } from 'pino';
import { ulid } from 'ulid';
import { withoutNumbers } from '../security/redaction';
import { countRequest } from './metrics';
import { type Asked, withinRequest } from './requestContext';
import { beginRequestSpan, endRequestSpan, within } from './trace';

/** What an id that somebody else chose must look like, so that a log line stays one line and names nobody. */
const FOREIGN = /^[A-Za-z0-9_-]{8,64}$/;

/** Random bytes are fetched a block at a time: one by one they cost as much as checking a callback's signature. */
const block = { bytes: randomBytes(4_096), at: 0 };
function random(): number {
  if (block.at === block.bytes.length) Object.assign(block, { bytes: randomBytes(block.bytes.length), at: 0 });
  return block.bytes[block.at++]! / 256;
}

/** Asked every few seconds by machines: counted, but no line of the log. */
const UNTOLD = new Set(['/healthz', '/readyz', '/metrics']);

/** The route of a finished request as the router knows it: the pattern, never the address, whose ids and queries would be without end. */
const routeOf = (req: Request): string => {
  const pattern: unknown = req.route?.path;
  return typeof pattern === 'string' ? req.baseUrl + pattern : 'none';
};

/**
 * Gives each request an id: the caller's `X-Request-Id` where it is 8–64 letters, digits, `_` or `-` and looks like no person's number, else a new ULID. It is answered
 * in the same header, stands on every line logged meanwhile, and one line tells of the request when it is over: method, route, status, ms, kind of actor.
 */
export function identified(log: Logger): RequestHandler {
  // The line's keys are these and no person's: it need not be searched for the hundred that are. What looks like a number of somebody is still replaced.
  const answers = log.child({}, { redact: [] });
  return (req, res, next) => {
    const theirs = req.get('x-request-id');
    const asked: Asked = {
      requestId: theirs !== undefined && FOREIGN.test(theirs) && withoutNumbers(theirs) === theirs ? theirs : ulid(undefined, random),
      actor: 'public',
    };
    const began = process.hrtime.bigint();
    const span = UNTOLD.has(req.path) ? null : beginRequestSpan(req.method);
    res.set('X-Request-Id', asked.requestId);
    res.once('close', () => {
      const ms = Number(process.hrtime.bigint() - began) / 1e6;
      const route = routeOf(req);
      // A caller who went away before the answer has no status of ours.
      const status = res.writableFinished ? res.statusCode : 499;
      countRequest(req.method, route, status, ms / 1_000);
      if (UNTOLD.has(route)) return;
      if (span) endRequestSpan(span, req.method, route, status, asked.requestId);
      answers.info({ ...asked, method: req.method, route, status, ms: Math.round(ms * 10) / 10 }, 'answered');
    });
    withinRequest(asked, () => (span ? within(span, next) : next()));
  };
}
