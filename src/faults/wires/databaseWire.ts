import net from 'node:net';

const COMMIT = Buffer.from('commit;');
const COMMIT_UPPER = Buffer.from('COMMIT;');

/**
 * The line between the house and its Postgres. It can be cut when a COMMIT goes by, refuse for a while, or stall.
 * `before`: the server never hears of the commit. `after`: it commits, and its word is lost on the way back.
 */
export class DatabaseWire {
  readonly #pairs = new Set<readonly [net.Socket, net.Socket]>();
  readonly #server = net.createServer((client) => this.#join(client));
  #cut: { when: 'before' | 'after'; left: number } = { when: 'before', left: 0 };
  #refuses = false;
  #stalls = false;
  #cuts = 0;

  constructor(
    private readonly port: number,
    private readonly databasePort: number,
  ) {}

  /** @returns how many commits were cut so far. */
  get cuts(): number {
    return this.#cuts;
  }

  open(): Promise<void> {
    return new Promise((resolve, reject) => this.#server.once('error', reject).listen(this.port, '127.0.0.1', resolve));
  }

  async close(): Promise<void> {
    this.#dropAll();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The next commits lose their connection. */
  cutCommits(when: 'before' | 'after', commits: number): void {
    this.#cut = { when, left: commits };
  }

  /** No commit is waited for any more. @returns how many had not come. */
  stopCutting(): number {
    const { left } = this.#cut;
    this.#cut = { when: 'before', left: 0 };
    return left;
  }

  /** Drops every connection, and every new one, until told otherwise. */
  refuse(on: boolean): void {
    this.#refuses = on;
    if (on) this.#dropAll();
  }

  /** Lets nothing through, without closing anything. */
  stall(on: boolean): void {
    this.#stalls = on;
    for (const pair of this.#pairs) for (const socket of pair) on ? socket.pause() : socket.resume();
  }

  #dropAll(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
  }

  #join(client: net.Socket): void {
    if (this.#refuses) return void client.resetAndDestroy();
    const server = net.connect(this.databasePort, '127.0.0.1');
    const pair = [client, server] as const;
    const end = (): void => {
      this.#pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    this.#pairs.add(pair);
    let answersAreLost = false;
    client.on('data', (data) => {
      if (this.#cut.left > 0 && (data.includes(COMMIT) || data.includes(COMMIT_UPPER))) {
        this.#cut.left -= 1;
        this.#cuts += 1;
        if (this.#cut.when === 'before') return end();
        answersAreLost = true;
      }
      server.write(data);
    });
    server.on('data', (data) => (answersAreLost ? end() : client.write(data)));
    for (const socket of pair) socket.on('error', end).on('close', end);
    if (this.#stalls) for (const socket of pair) socket.pause();
  }
}
