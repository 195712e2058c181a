import { createHash } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { RateLimits } from '../config';
import { DomainError } from '../domain/errors';
import { countLimited } from '../observability/metrics';

/** Rates a second are counted over this many seconds, so that a short burst is let through. */
const WINDOW_S = 10;
const MINUTE_S = 60;

/** What is counted: requests by who sends them, and by address what strangers do. `guess`: secrets that were none. */
type Limit = 'key' | 'sandbox-key' | 'session' | 'address' | 'log-in' | 'gift' | 'guess';

/**
 * Keeps one caller from taking all of the API. Requests are counted by key, by session, and by address where there is neither; log-ins, gift orders of
 * the pages and secrets that were none by address besides. Counted in this process's memory: with several API processes the sum is that many times
 * larger. It guards against floods; guesses at a name are stopped by the lockout in the database (`access/guard.ts`).
 * Mounted after the callbacks of providers, who must be heard, and after health.
 * @throws {DomainError} rate.limited, with `Retry-After`.
 */
export function limited(limits: RateLimits): RequestHandler {
  const perSecond = (rate: number): RateLimiterMemory => new RateLimiterMemory({ points: rate * WINDOW_S, duration: WINDOW_S });
  const perMinute = (rate: number): RateLimiterMemory => new RateLimiterMemory({ points: rate, duration: MINUTE_S });
  const of: Readonly<Record<Limit, RateLimiterMemory>> = {
    key: perSecond(limits.keyPerSecond),
    'sandbox-key': perSecond(limits.sandboxKeyPerSecond),
    session: perSecond(limits.sessionPerSecond),
    address: perSecond(limits.addressPerSecond),
    'log-in': perMinute(limits.logInsPerMinute),
    gift: perMinute(limits.giftsPerMinute),
    guess: perMinute(limits.guessesPerMinute),
  };
  const take = async (limit: Limit, who: string, res: Response): Promise<void> => {
    const left = await of[limit].consume(who).catch((refused: unknown) => refused);
    if (left instanceof RateLimiterRes && left.consumedPoints <= of[limit].points) return say(res, of[limit].points, left);
    if (left instanceof RateLimiterRes) refuse(limit, of[limit].points, left, res);
    throw left;
  };
  return async (req, res, next) => {
    const address = req.ip ?? '';
    const { limit, who } = callerOf(req, address);
    if (limit !== 'address') {
      // A made-up secret would have a count of its own each time: whoever sends many of them is refused by address, before the database is asked.
      const guesses = await of.guess.get(address);
      if (guesses !== null && guesses.consumedPoints >= of.guess.points) refuse('guess', of.guess.points, guesses, res);
      res.once('finish', () => {
        if (res.statusCode === 401) void of.guess.penalty(address);
      });
    }
    await take(limit, who, res);
    const besides = costly(req);
    if (besides) await take(besides, address, res);
    next();
  };
}

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

/** Where the caller stands, by the most understood names of draft-ietf-httpapi-ratelimit-headers. */
function say(res: Response, points: number, { remainingPoints, msBeforeNext }: RateLimiterRes): void {
  res.set('RateLimit-Limit', String(points));
  res.set('RateLimit-Remaining', String(Math.max(0, remainingPoints)));
  res.set('RateLimit-Reset', String(Math.ceil(msBeforeNext / 1_000)));
}

/** What one address may do fewer times than it may ask. */
function costly(req: Request): 'log-in' | 'gift' | null {
  if (req.method !== 'POST') return null;
  if (req.path === '/v1/sessions' || req.path === '/login') return 'log-in';
  return /^\/c\/[^/]+\/give$/.test(req.path) ? 'gift' : null;
}

/** Secrets are never kept, not even in memory: their hash is. */
function callerOf(req: Request, address: string): { readonly limit: Limit; readonly who: string } {
  const bearer = /^Bearer (alm_[\w-]+)$/.exec(req.get('authorization') ?? '')?.[1];
  const cookie = /(?:^|;\s*)(?:__Host-)?almoner_session=(alm_session_[\w-]+)/.exec(req.get('cookie') ?? '')?.[1];
  const secret = bearer ?? cookie;
  if (secret === undefined) return { limit: 'address', who: address };
  const limit = secret.startsWith('alm_session_') ? 'session' : secret.startsWith('alm_sandbox_') ? 'sandbox-key' : 'key';
  return { limit, who: createHash('sha256').update(secret).digest('base64') };
}
