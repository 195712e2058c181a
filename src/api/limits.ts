import type { Request, RequestHandler, Response } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { SESSION_PREFIX, secretHash } from '../access/secrets';
import type { RateLimits } from '../config';
import { DomainError } from '../domain/errors';
import { countLimited } from '../observability/metrics';

/** Rates are counted over this many seconds, so that a short burst is let through. */
const WINDOW_S = 10;
const MINUTE_S = 60;

type Limit = 'key' | 'session' | 'address' | 'refused' | 'log-in' | 'gift';

/**
 * Keeps one caller from taking all of the API: so many requests per key, per session, and per address without either; log-ins, gift orders of the pages, and keys that
 * are none, per address apart, so that a new made-up key for each request gains nothing.
 * Counted in this process's memory: with several API processes the sum is that many times larger. It guards against floods; guesses at log-ins are
 * stopped by the lockout in the database (`access/guard.ts`). Callbacks of providers and health checks are not limited.
 * @param limits requests a second, log-ins a minute.
 */
export function limited(limits: RateLimits): RequestHandler {
  const perWindow = (perSecond: number): RateLimiterMemory => new RateLimiterMemory({ points: perSecond * WINDOW_S, duration: WINDOW_S });
  const of: Record<Limit, RateLimiterMemory> = {
    key: perWindow(limits.keyPerSecond),
    session: perWindow(limits.sessionPerSecond),
    address: perWindow(limits.addressPerSecond),
    refused: perWindow(limits.addressPerSecond),
    'log-in': new RateLimiterMemory({ points: limits.logInsPerMinute, duration: MINUTE_S }),
    gift: new RateLimiterMemory({ points: limits.giftsPerMinute, duration: MINUTE_S }),
  };
  const take = async (limit: Limit, who: string, res: Response): Promise<void> => {
    try {
      say(res, of[limit].points, await of[limit].consume(who));
    } catch (left) {
      if (!(left instanceof RateLimiterRes)) throw left;
      refuse(limit, of[limit].points, left, res);
    }
  };
  return async (req, res, next) => {
    const { limit, who } = callerOf(req);
    const address = req.ip ?? '';
    if (limit !== 'address') {
      const made = await of.refused.get(address);
      if (made && made.consumedPoints >= of.refused.points) refuse('refused', of.refused.points, made, res);
      res.once('finish', () => {
        if (res.statusCode === 401) void of.refused.penalty(address);
      });
    }
    await take(limit, who, res);
    const besides = costly(req);
    if (besides) await take(besides, address, res);
    next();
  };
}

/** @throws {DomainError} rate.limited, always; the answer says when to come back. */
function refuse(limit: Limit, points: number, left: RateLimiterRes, res: Response): never {
  countLimited(limit);
  say(res, points, left);
  const waitS = Math.max(1, Math.ceil(left.msBeforeNext / 1_000));
  res.set('Retry-After', String(waitS));
  throw new DomainError('rate.limited', {
    zh: `请求过于频繁；请在 ${waitS} 秒后重试，本次未作任何更改`,
    en: `Too many requests; try again in ${waitS} s. Nothing was changed`,
  });
}

/** Where the caller stands, by draft-ietf-httpapi-ratelimit-headers' older and most understood names. */
function say(res: Response, points: number, { remainingPoints, msBeforeNext }: RateLimiterRes): void {
  res.set('RateLimit-Limit', String(points));
  res.set('RateLimit-Remaining', String(remainingPoints));
  res.set('RateLimit-Reset', String(Math.ceil(msBeforeNext / 1_000)));
}

/** What one address may do fewer times than it may ask. */
function costly(req: Request): 'log-in' | 'gift' | null {
  if (req.method !== 'POST') return null;
  if (req.path === '/v1/sessions' || req.path === '/login') return 'log-in';
  return /^\/c\/[^/]+\/give$/.test(req.path) ? 'gift' : null;
}

/** Secrets are never kept, not even in memory: their hash is. */
function callerOf(req: Request): { readonly limit: Limit; readonly who: string } {
  const bearer = /^Bearer ([\w-]+)$/.exec(req.get('authorization') ?? '')?.[1];
  const cookie = /(?:^|; )(?:__Host-)?almoner_session=([\w-]+)/.exec(req.get('cookie') ?? '')?.[1];
  const secret = bearer ?? cookie;
  if (secret === undefined) return { limit: 'address', who: req.ip ?? '' };
  return { limit: secret.startsWith(SESSION_PREFIX) ? 'session' : 'key', who: secretHash(secret).toString('base64') };
}
