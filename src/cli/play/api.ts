import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { ulid } from 'ulid';
import { PlayFailure } from './failure';

/** An answer of the API that is a problem (RFC 9457). */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly status: number,
    readonly code: string,
    readonly rules: readonly string[],
    sentence: string,
  ) {
    super(sentence);
  }
}

type Request = { method: 'GET' | 'POST' | 'PUT'; path: string; bearer: string; body?: unknown; idempotencyKey?: string };

const attemptsMax = 6;
/** Advancing a clock over a month of deadlines is one request. */
const answerTimeoutMs = 300_000;

function problemOf(status: number, text: string, { method, path }: Request): Problem {
  let body: { code?: string; title?: string; detail?: string; rules?: string[]; errors?: { pointer: string; message: string }[] } = {};
  try {
    body = JSON.parse(text);
  } catch {
    body = { detail: text.slice(0, 200) };
  }
  const fields = (body.errors ?? []).map(({ pointer, message }) => `${pointer} ${message}`).join('; ');
  const said = [body.code, body.detail ?? body.title, fields].filter(Boolean).join(': ');
  return new Problem(status, body.code ?? '', body.rules ?? [], `${method} ${path} was answered ${status} ${said}`);
}

/** The public API of the running system over a few kept-alive connections. */
export class Api {
  private readonly pool: Pool;
  private readonly signal: AbortSignal;
  /** A system that answered before is only away for a moment; one that never did is not there. */
  private answered = false;

  /** @param limitMs after so much wall-clock time every request fails, so that no play lasts for ever */
  constructor(
    readonly url: string,
    readonly limitMs: number,
  ) {
    this.pool = new Pool(url, { connections: 8, headersTimeout: answerTimeoutMs, bodyTimeout: answerTimeoutMs });
    this.signal = AbortSignal.timeout(limitMs);
    // Every request under way listens for the end of the time, and there may be many.
    setMaxListeners(0, this.signal);
  }

  /** @returns a caller with that key or token; without one for the empty string. */
  as(bearer: string): Caller {
    return new Caller(this, bearer);
  }

  /**
   * Sends one request and reads its JSON. What certainly had no effect, or carries an idempotency key, is sent again with the same key.
   * @throws {Problem} for an answer of 400 and above; {PlayFailure} when the system cannot be reached or the time is up
   */
  async send<T>(request: Request): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.once<T>(request);
      } catch (error) {
        if (this.signal.aborted) throw new PlayFailure(4, `The play was not over after ${this.limitMs / 60_000} minutes.`);
        if (!this.answered || attempt === attemptsMax || !mayRepeat(request, error)) throw spoken(error, request, this.url);
        await sleep(100 * 2 ** attempt);
      }
    }
  }

  /** Ends the connections, also those of requests that a failure elsewhere left behind. */
  async close(): Promise<void> {
    await this.pool.destroy();
  }

  private async once<T>(request: Request): Promise<T> {
    const headers: Record<string, string> = { 'accept-language': 'en' };
    if (request.bearer) headers.authorization = `Bearer ${request.bearer}`;
    if (request.body !== undefined) headers['content-type'] = 'application/json';
    if (request.idempotencyKey) headers['idempotency-key'] = request.idempotencyKey;
    const { statusCode, body } = await this.pool.request({
      method: request.method,
      path: request.path,
      headers,
      body: request.body === undefined ? null : JSON.stringify(request.body),
      signal: this.signal,
    });
    const text = await body.text();
    this.answered = true;
    if (statusCode >= 400) throw problemOf(statusCode, text, request);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
}

function mayRepeat({ method, idempotencyKey }: Request, error: unknown): boolean {
  if (error instanceof Problem) return error.status === 429 || error.status === 503;
  const neverSent = (error as { code?: string }).code === 'ECONNREFUSED';
  return neverSent || method !== 'POST' || idempotencyKey !== undefined;
}

function spoken(error: unknown, { method, path }: Request, url: string): Error {
  if (error instanceof Problem) return error;
  const { code, message } = error as { code?: string; message: string };
  if (code === 'ECONNREFUSED') return new PlayFailure(4, `Nothing answers at ${url}. Start the system with \`npm start\`, or name its PORT.`);
  return new PlayFailure(4, `${method} ${path} got no answer: ${message}`);
}

/** Someone who calls the API with a key or a session token. */
export class Caller {
  constructor(
    private readonly api: Api,
    private readonly bearer: string,
  ) {}

  get<T>(path: string): Promise<T> {
    return this.api.send<T>({ method: 'GET', path, bearer: this.bearer });
  }

  put<T = void>(path: string, body: unknown): Promise<T> {
    return this.api.send<T>({ method: 'PUT', path, bearer: this.bearer, body });
  }

  post<T = void>(path: string, body: unknown): Promise<T> {
    return this.api.send<T>({ method: 'POST', path, bearer: this.bearer, body });
  }

  /** A POST that carries an idempotency key of its own, made here and kept over its repetitions. */
  postOnce<T = void>(path: string, body: unknown): Promise<T> {
    return this.api.send<T>({ method: 'POST', path, bearer: this.bearer, body, idempotencyKey: ulid() });
  }
}
