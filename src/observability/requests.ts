import { AsyncLocalStorage } from 'node:async_hooks';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { ulid } from 'ulid';
import { countRequest } from './metrics';

interface Asked {
  readonly requestId: string;
}

const asked = new AsyncLocalStorage<Asked>();

/** What an id that somebody else chose must look like, so that a log line stays one line and names nobody. */
const FOREIGN = /^[A-Za-z0-9_-]{8,64}$/;

/** @returns the id of the request that this code runs for; undefined outside of one. */
export function requestId(): string | undefined {
  return asked.getStore()?.requestId;
}

/** The route of a finished request as the router knows it: the pattern, never the address, whose ids and queries would be without end. */
const routeOf = (req: Parameters<RequestHandler>[0]): string => {
  const pattern: unknown = req.route?.path;
  return typeof pattern === 'string' ? req.baseUrl + pattern : 'none';
};

/**
 * Gives each request an id: the caller's `X-Request-Id` where it is 8–64 letters, digits, `_` or `-`, else a new ULID. It is answered in the same header,
 * stands on every line logged meanwhile, and one line tells of the request when it is over: method, route, status, ms.
 */
export function identified(log: Logger): RequestHandler {
  return (req, res, next) => {
    const theirs = req.get('x-request-id');
    const id = theirs !== undefined && FOREIGN.test(theirs) ? theirs : ulid();
    const began = process.hrtime.bigint();
    res.set('X-Request-Id', id);
    res.once('close', () => {
      const ms = Number(process.hrtime.bigint() - began) / 1e6;
      const route = routeOf(req);
      // A caller who went away before the answer has no status of ours.
      const status = res.writableFinished ? res.statusCode : 499;
      countRequest(req.method, route, status, ms / 1_000);
      if (route === '/healthz' || route === '/readyz' || route === '/metrics') return;
      log.info({ requestId: id, method: req.method, route, status, ms: Math.round(ms * 10) / 10 }, 'answered');
    });
    asked.run({ requestId: id }, next);
  };
}
