import { once } from 'node:events';
import { Readable } from 'node:stream';
import type { Client, Connection, Submittable } from 'pg';

/** The two messages of COPY … FROM STDIN that pg's connection sends and its types do not name. */
type CopyConnection = Connection & { sendCopyFromChunk(chunk: Buffer): void; endCopyFrom(): void; sendCopyFail(reason: string): void };

/** What pg asks of a query while it is the active one; COPY needs two of them, the others never come or mean nothing here. */
interface ActiveQuery extends Submittable {
  handleError(error: Error): void;
  handleCommandComplete(message: { text: string }): void;
  handleReadyForQuery(): void;
}

/** `COPY 42`: how many rows moved. */
const rowsOf = (tag: string): bigint => BigInt(/^COPY (\d+)$/.exec(tag)?.[1] ?? '0');

/** COPY … TO STDOUT as a stream of bytes. The server is left waiting while the reader is slow, so memory stays flat. */
class CopyOut extends Readable implements ActiveQuery {
  #connection: Connection | undefined;
  rows = 0n;

  constructor(private readonly statement: string) {
    super();
  }

  submit(connection: Connection): void {
    this.#connection = connection;
    connection.query(this.statement);
  }

  override _read(): void {
    this.#connection?.stream.resume();
  }

  handleCopyData({ chunk }: { chunk: Buffer }): void {
    // The parser uses its buffer again: what is kept is copied.
    if (!this.push(Buffer.from(chunk))) this.#connection?.stream.pause();
  }

  handleCommandComplete({ text }: { text: string }): void {
    this.rows = rowsOf(text);
  }

  handleReadyForQuery(): void {
    this.push(null);
  }

  handleError(error: Error): void {
    this.#connection?.stream.resume();
    this.destroy(error);
  }
}

/** @returns the bytes of `COPY (…) TO STDOUT`; `rows` counts them when the stream has ended. The client does nothing else meanwhile. */
export function copyOut(client: Client, statement: string): Readable & { readonly rows: bigint } {
  return client.query(new CopyOut(statement));
}

/**
 * `COPY … FROM STDIN`. @param source its bytes; they are read no faster than the server takes them.
 * @returns how many rows the server took. @throws when it refuses one, or the source fails: then none of them counts.
 */
export function copyIn(client: Client, statement: string, source: AsyncIterable<Buffer>): Promise<bigint> {
  return new Promise((resolve, reject) => {
    let rows = 0n;
    let failed: Error | undefined;
    const query: ActiveQuery & { handleCopyInResponse(connection: CopyConnection): void } = {
      submit: (connection) => connection.query(statement),
      handleCopyInResponse: (connection) => {
        // What the source throws is said to the server, which then refuses the statement.
        send(connection, source).catch((error: Error) => {
          failed = error;
          connection.sendCopyFail('the source failed');
        });
      },
      handleCommandComplete: ({ text }) => (rows = rowsOf(text)),
      handleReadyForQuery: () => resolve(rows),
      handleError: (error) => reject(failed ?? error),
    };
    client.query(query);
  });
}

async function send(connection: CopyConnection, source: AsyncIterable<Buffer>): Promise<void> {
  for await (const chunk of source) {
    connection.sendCopyFromChunk(chunk);
    if (connection.stream.writableNeedDrain) await once(connection.stream, 'drain');
  }
  connection.endCopyFrom();
}
