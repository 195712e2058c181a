import { setTimeout as pause } from 'node:timers/promises';
import { request } from 'undici';

/** The house said no: a 4xx that asking again would not change. */
export class Refused extends Error {
  override readonly name = 'Refused';

  constructor(
    readonly status: number,
    readonly code: string,
    said: string,
  ) {
    super(said);
  }
}

/** Nobody answered, or the house could not: what became of the request is not known. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';
}

interface Asked {
  readonly bearer?: string;
  readonly body?: unknown;
  readonly key?: string;
  readonly timeoutMs?: number;
}

const PAUSE_MS = 250;
const LATER = new Set([429, 500, 502, 503, 504]);

/** The only place that speaks HTTP to the house. */
export class House {
  constructor(
    readonly url: string,
    readonly isOver: () => boolean,
  ) {}

  /** Asks once. @throws {Refused} on a definite no, {Unanswered} on everything that may have happened or not. */
  async once<T>(method: 'GET' | 'POST' | 'PUT', path: string, { bearer, body, key, timeoutMs = 30_000 }: Asked = {}): Promise<T> {
    const headers: Record<string, string> = { 'accept-language': 'en' };
    if (bearer) headers.authorization = `Bearer ${bearer}`;
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (key) headers['idempotency-key'] = key;
    let status: number;
    let text: string;
    try {
      const answer = await request(`${this.url}${path}`, {
        method,
        headers,
        body: body === undefined ? null : JSON.stringify(body),
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      });
      status = answer.statusCode;
      text = await answer.body.text();
    } catch (error) {
      throw new Unanswered(`${method} ${path}: ${(error as Error).message}`);
    }
    if (LATER.has(status)) throw new Unanswered(`${method} ${path}: ${status} ${text.slice(0, 200)}`);
    const said = text === '' ? undefined : (JSON.parse(text) as { code?: string });
    if (status < 400) return said as T;
    if (said?.code === 'clock.busy') throw new Unanswered(`${method} ${path}: the clock is busy`);
    throw new Refused(status, said?.code ?? '', `${method} ${path}: ${status} ${text.slice(0, 300)}`);
  }

  /** Asks until there is a definite answer: for what may be asked twice (reads, and whatever carries its key). */
  async until<T>(method: 'GET' | 'POST' | 'PUT', path: string, asked: Asked = {}): Promise<T> {
    for (;;) {
      try {
        return await this.once<T>(method, path, asked);
      } catch (error) {
        if (!(error instanceof Unanswered) || this.isOver()) throw error;
      }
      await pause(PAUSE_MS);
    }
  }

  /** @returns a session's token. */
  async logIn(login: { login: string; password: string }): Promise<string> {
    return (await this.until<{ token: string }>('POST', '/v1/sessions', { body: login })).token;
  }
}
