import { request } from 'undici';
import { DomainError } from '../domain/errors';

/** The handles of the simulated outside world. Only the sandbox has them; nothing of the product's own paths goes through here. */
export class SimulatorControls {
  constructor(
    private readonly baseUrl: string,
    private readonly token: string,
  ) {}

  /** @throws {DomainError} system.unavailable when the simulators do not answer, request.invalid when they refuse. */
  async call<T>(method: 'GET' | 'PUT' | 'POST' | 'PATCH', path: string, body?: unknown): Promise<T> {
    const response = await request(`${this.baseUrl}/sandbox${path}`, {
      method,
      headers: { 'content-type': 'application/json', 'x-sandbox-token': this.token },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      headersTimeout: 120_000,
      bodyTimeout: 120_000,
    }).catch(() => {
      throw new DomainError('system.unavailable', { zh: '模拟器没有响应', en: 'The simulators do not answer' });
    });
    const text = await response.body.text();
    if (response.statusCode >= 300)
      throw new DomainError('request.invalid', { zh: `模拟器拒绝：${text.slice(0, 300)}`, en: `The simulators refused: ${text.slice(0, 300)}` });
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
}
