import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { request } from 'undici';

interface Letter {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

/** Kept so that forged and replayed letters have genuine ones to start from. */
const KEPT_MAX = 60;
const HELD_MAX_MS = 1_500;
const DROPPED_HEADERS = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'keep-alive']);

/**
 * Where the providers' callbacks pass on their way to the house. It sees genuine signed letters, and can send them a hundredfold, in another order,
 * altered or again; it has no key of anybody.
 */
export class PostOffice {
  readonly #server = createServer((req, res) => void this.#take(req, res));
  readonly #kept: Letter[] = [];
  #copies = 0;
  #unanswered = 0;
  #lost = 0;
  #held: (() => void)[] | null = null;
  /** What the house did with letters that it must treat in one way only, and did not. */
  readonly wrong: string[] = [];

  constructor(
    private readonly port: number,
    private readonly house: string,
  ) {}

  open(): Promise<void> {
    return new Promise((resolve, reject) => this.#server.once('error', reject).listen(this.port, '127.0.0.1', resolve));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The next letter is sent a hundred times at once. */
  multiplyNext(): void {
    this.#copies = 100;
  }

  /** The answers to the next letters are lost: the provider must send them again. */
  loseAnswers(letters: number): void {
    this.#unanswered = letters;
  }

  /** The next letters themselves are lost. */
  loseLetters(letters: number): void {
    this.#lost = letters;
  }

  /** Letters are held back for a moment and delivered in reverse. */
  async reorder(): Promise<void> {
    this.#held = [];
    await new Promise((resolve) => setTimeout(resolve, HELD_MAX_MS));
    const held = this.#held;
    this.#held = null;
    for (const release of held.reverse()) release();
  }

  /** Genuine letters again: each must be taken, and change nothing. */
  async replay(): Promise<void> {
    for (const letter of this.#kept.slice(-10)) {
      const status = await this.#deliver(letter);
      if (status >= 400 && status < 500) this.wrong.push(`a repeated callback was answered ${status}`);
    }
  }

  /** Letters with another body, another signature, an old time, or no signature at all: none may be taken. */
  async forge(): Promise<void> {
    const letter = this.#kept.at(-1);
    if (!letter) return;
    const header = (part: string): string | undefined => Object.keys(letter.headers).find((name) => name.includes(part));
    const [signature, timestamp] = [header('signature'), header('timestamp')];
    if (!signature || !timestamp) throw new Error('a callback came without signature or time');
    const without = (name: string): Record<string, string> => Object.fromEntries(Object.entries(letter.headers).filter(([key]) => key !== name));
    const altered = Buffer.from(letter.body);
    altered[altered.length - 8] = altered[altered.length - 8]! ^ 1;
    const forged: Letter[] = [
      { ...letter, body: altered },
      { ...letter, body: Buffer.concat([letter.body, Buffer.from(' ')]) },
      { ...letter, headers: { ...letter.headers, [signature]: Buffer.alloc(256, 7).toString('base64') } },
      { ...letter, headers: { ...letter.headers, [timestamp]: older(letter.headers[timestamp]!) } },
      { ...letter, headers: without(signature) },
    ];
    for (const each of forged) {
      const status = await this.#deliver(each);
      if (status >= 200 && status < 300) this.wrong.push(`a forged callback was answered ${status}`);
    }
  }

  async #take(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const letter = { path: req.url ?? '/', headers: plain(req.headers), body: Buffer.concat(chunks) };
    this.#kept.push(letter);
    if (this.#kept.length > KEPT_MAX) this.#kept.shift();
    if (this.#held) await new Promise<void>((resolve) => this.#held!.push(resolve));
    if (this.#lost > 0) {
      this.#lost -= 1;
      return void res.destroy();
    }
    const copies = this.#copies;
    this.#copies = 0;
    const statuses = await Promise.all(Array.from({ length: Math.max(1, copies) }, () => this.#deliver(letter)));
    const status = statuses[0]!;
    if (copies > 0 && statuses.some((one) => one >= 400 && one < 500))
      this.wrong.push(`a callback sent ${copies} times was answered ${Math.max(...statuses)}`);
    if (this.#unanswered > 0) {
      this.#unanswered -= 1;
      return void res.destroy();
    }
    if (status === 0) res.destroy();
    else res.writeHead(status).end();
  }

  /** @returns the status; 0 without an answer. */
  async #deliver({ path, headers, body }: Letter): Promise<number> {
    try {
      const answer = await request(`${this.house}${path}`, { method: 'POST', headers, body, headersTimeout: 20_000 });
      await answer.body.dump();
      return answer.statusCode;
    } catch {
      return 0;
    }
  }
}

function plain(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (DROPPED_HEADERS.has(name) ? [] : [[name, String(value)]])));
}

/** Ten minutes before, in the form that the sender used: seconds, or a date. */
function older(time: string): string {
  return /^\d+$/.test(time) ? String(Number(time) - 600) : new Date(Date.parse(time) - 600_000).toISOString();
}
