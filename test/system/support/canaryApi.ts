import { randomInt } from 'node:crypto';
import { Api } from '../../../src/cli/play/api';
import type { Canary } from '../../support/canaries';

type Request = Parameters<Api['send']>[0];

/** What of a body is said in confidence, by the name of its field; other texts of a play are for the public, or decisions of record. */
const CONFIDENTIAL = new Set(['text', 'story', 'admissionNumber', 'note', 'contacted', 'contact', 'finding', 'message', 'answer']);
/** Where `reason` is about people and is sealed, not a word of record. */
const SEALED_REASONS = /identity-resolutions|deaths|admissibility|complaints\/\w+\/decision|refund-requests$|extension|reveals|deletion$|claims\//;

/**
 * The play's way to the API, which changes what people write into canaries on its way, and keeps what must not tell of them: addresses, and answers that
 * refuse. Who is called what stays the same for the whole play, so that identity service and bank know the same people.
 */
export class CanaryApi extends Api {
  readonly #canaries = new Map<string, Canary>();
  readonly #names = new Map<string, string>();
  readonly #phones = new Map<string, string>();
  /** Addresses and refusals, as the scanner reads them. */
  readonly seen: { where: string; text: string }[] = [];
  #n = 0;

  get canaries(): Canary[] {
    return [...this.#canaries.values()];
  }

  /** @returns a text that exists nowhere else, and is looked for at the end. */
  canary(what: string): string {
    this.#n += 1;
    return this.keep(what, `金丝雀鸢${String.fromCodePoint(0x4e00 + randomInt(20_000))}${this.#n}号${what.replaceAll('.', '')}`);
  }

  keep(what: string, text: string): string {
    this.#canaries.set(text, { what, text });
    return text;
  }

  override async send<T>(request: Request): Promise<T> {
    const changed = request.body === undefined ? request : { ...request, body: this.#changed(request) };
    this.seen.push({ where: `address ${request.method}`, text: request.path });
    try {
      return await super.send<T>(changed);
    } catch (error) {
      this.seen.push({ where: `answer ${request.method} ${request.path}`, text: `${(error as Error).message}\n${JSON.stringify(error)}` });
      throw error;
    }
  }

  #changed({ path, body }: Request): unknown {
    if (path === '/v1/sandbox/identities') return this.#identity(body as { name: string; idNumber: string });
    return this.#walk(path, '', body);
  }

  #identity(person: { name: string; idNumber: string }): object {
    const name = this.#names.get(person.name) ?? this.canary('person.name');
    const phone =
      this.#phones.get(person.idNumber) ?? this.keep('person.phone', `1${randomInt(3, 10)}${String(randomInt(1_000_000_000)).padStart(9, '0')}`);
    this.#names.set(person.name, name);
    this.#phones.set(this.keep('person.idNumber', person.idNumber), phone);
    return { ...person, name, phone };
  }

  #walk(path: string, field: string, value: unknown): unknown {
    if (Array.isArray(value)) return value.map((each) => this.#walk(path, field, each));
    if (typeof value === 'string') return this.#said(path, field, value);
    if (value === null || typeof value !== 'object') return value;
    const walked = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, this.#walk(path, key, each)]));
    const { idNumber } = value as { idNumber?: string };
    // Who has a number here, and is somebody of the play, gave a phone with it; a payee's is not asked for.
    const phone = 'relation' in value || 'minor' in value ? this.#phones.get(idNumber ?? '') : undefined;
    if ('number' in value && 'bankCode' in value) this.keep('account.number', String(value.number));
    return phone ? { ...walked, phone } : walked;
  }

  #said(path: string, field: string, text: string): string {
    const name = this.#names.get(text);
    if (name) return name;
    if (this.#canaries.has(text)) return text;
    if (CONFIDENTIAL.has(field) || (field === 'reason' && SEALED_REASONS.test(path))) return this.canary(field);
    return text;
  }
}
