import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { request } from 'undici';

export type Garbling = 'html' | 'truncated' | 'digits' | 'lost' | 'late';

/** Longer than the house waits for the bank. */
const LATE_MS = 11_000;

/** The line between the house and the bank: what the bank answers can be spoilt on the way. The bank itself has heard and acted. */
export class BankWire {
  readonly #server = createServer((req, res) => void this.#pass(req, res));
  #spoil: { how: Garbling; left: number } | null = null;

  constructor(
    private readonly port: number,
    private readonly bank: string,
  ) {}

  open(): Promise<void> {
    return new Promise((resolve, reject) => this.#server.once('error', reject).listen(this.port, '127.0.0.1', resolve));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The next answers are spoilt in this way. */
  spoil(how: Garbling, answers: number): void {
    this.#spoil = { how, left: answers };
  }

  async #pass(req: IncomingMessage, res: ServerResponse): Promise<void> {
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of req) chunks.push(chunk as Buffer);
      const { host: _host, connection: _connection, 'content-length': _length, 'transfer-encoding': _encoding, ...headers } = req.headers;
      const body = chunks.length === 0 ? null : Buffer.concat(chunks);
      const answer = await request(`${this.bank}${req.url}`, { method: req.method as 'GET' | 'POST', headers, body, headersTimeout: 20_000 });
      const text = Buffer.from(await answer.body.arrayBuffer());
      const how = this.#next();
      if (how === 'lost') return void res.destroy();
      if (how === 'late') await new Promise((resolve) => setTimeout(resolve, LATE_MS));
      const { 'content-length': _size, 'transfer-encoding': _how, connection: _kept, ...signed } = answer.headers;
      res.writeHead(how === 'html' ? 200 : answer.statusCode, signed as Record<string, string>).end(spoilt(text, how));
    } catch {
      res.destroy();
    }
  }

  #next(): Garbling | null {
    if (!this.#spoil || this.#spoil.left === 0) return null;
    this.#spoil.left -= 1;
    return this.#spoil.how;
  }
}

function spoilt(text: Buffer, how: Garbling | null): Buffer {
  if (how === 'html') return Buffer.from('<html><body>502 Bad Gateway</body></html>');
  if (how === 'truncated') return text.subarray(0, Math.floor(text.length / 2));
  if (how === 'digits') return Buffer.from(text.toString('utf8').replace(/(\d)\.(\d\d)/, '$10.$2'));
  return text;
}
