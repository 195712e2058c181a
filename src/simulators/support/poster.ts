import { Agent, request } from 'undici';

/** Sends callbacks over kept-alive connections. */
export class Poster {
  private readonly agent = new Agent({ connections: 96, keepAliveTimeout: 30_000 });

  /**
   * Posts one callback and reads the answer to its end.
   * @returns the HTTP status, or 0 when there was no answer within `timeoutMs`.
   */
  async post(url: string, headers: Readonly<Record<string, string>>, body: string, timeoutMs: number): Promise<number> {
    try {
      const response = await request(url, {
        method: 'POST',
        headers,
        body,
        dispatcher: this.agent,
        signal: AbortSignal.timeout(timeoutMs),
      });
      await response.body.dump();
      return response.statusCode;
    } catch {
      // A receiver that is down is the ordinary case here: the delivery stays pending and is tried again.
      return 0;
    }
  }

  /** Posts one callback whose receiver answers in words. @returns status and words; 0 and nothing when there was no answer within `timeoutMs`. */
  async ask(url: string, headers: Readonly<Record<string, string>>, body: string, timeoutMs: number): Promise<{ status: number; text: string }> {
    try {
      const signal = AbortSignal.timeout(timeoutMs);
      const response = await request(url, { method: 'POST', headers, body, dispatcher: this.agent, signal });
      return { status: response.statusCode, text: (await response.body.text()).slice(0, 100) };
    } catch {
      // As above.
      return { status: 0, text: '' };
    }
  }

  async close(): Promise<void> {
    await this.agent.destroy();
  }
}
