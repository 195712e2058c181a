import { createReadStream, existsSync } from 'node:fs';
import { mkdir, open, truncate, type FileHandle } from 'node:fs/promises';
import path from 'node:path';

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** What was recorded could not be kept: the memory is ahead of the file, and only a start from the file makes them one again. */
export class JournalLost extends Error {
  override readonly name = 'JournalLost';
}

/**
 * An append-only file of JSON lines that is the whole memory of a simulator. Whoever answers a request first awaits that its
 * events are on disk, so a kill -9 loses nothing that anyone was told. Appends that meet share one fsync.
 */
export class Journal<E> {
  private lines: string[] = [];
  private waiting: Waiting[] = [];
  private flushing: Promise<void> | null = null;
  private failure: unknown = null;

  private constructor(
    private readonly handle: FileHandle,
    private readonly apply: (event: E) => void,
  ) {}

  /**
   * Opens or creates the file and replays it through `apply`. A last line that was cut by a crash is dropped: nobody was
   * answered for it.
   * @throws when a line in the middle is not JSON: then the file was damaged, and guessing would lose money.
   */
  static async open<E>(file: string, apply: (event: E) => void): Promise<Journal<E>> {
    await mkdir(path.dirname(file), { recursive: true });
    if (existsSync(file)) await truncate(file, await replay(file, apply));
    return new Journal<E>(await open(file, 'a', 0o600), apply);
  }

  /** Applies the event at once and resolves when it is on disk. */
  record(event: E): Promise<void> {
    if (this.failure !== null) return Promise.reject(this.failure);
    this.apply(event);
    this.lines.push(`${JSON.stringify(event)}\n`);
    return this.settled();
  }

  /** Resolves when everything recorded so far is on disk. A read answers only after this. */
  settled(): Promise<void> {
    if (this.failure !== null) return Promise.reject(this.failure);
    if (this.lines.length === 0 && this.flushing === null) return Promise.resolve();
    const settled = new Promise<void>((resolve, reject) => this.waiting.push({ resolve, reject }));
    this.flushing ??= this.flush();
    return settled;
  }

  /** Writes what is left and closes the file. */
  async close(): Promise<void> {
    await this.settled();
    await this.flushing;
    await this.handle.close();
  }

  private async flush(): Promise<void> {
    // One turn of the loop lets the events of every request that is being handled now join this fsync.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) {
      const { lines, waiting } = this;
      this.lines = [];
      this.waiting = [];
      try {
        if (lines.length > 0) {
          await this.handle.appendFile(lines.join(''));
          await this.handle.datasync();
        }
        for (const { resolve } of waiting) resolve();
      } catch (error) {
        const lost = new JournalLost('a journal could not be written', { cause: error });
        this.failure = lost;
        for (const { reject } of [...waiting, ...this.waiting.splice(0)]) reject(lost);
      }
    }
    this.flushing = null;
  }
}

/** @returns the length of the part that consists of whole lines. */
async function replay<E>(file: string, apply: (event: E) => void): Promise<number> {
  let rest: Buffer = Buffer.alloc(0);
  let wholeBytes = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let from = 0;
    for (let end = data.indexOf(10, from); end !== -1; end = data.indexOf(10, from)) {
      apply(parseLine<E>(data.toString('utf8', from, end), file, wholeBytes));
      wholeBytes += end + 1 - from;
      from = end + 1;
    }
    rest = data.subarray(from);
  }
  return wholeBytes;
}

function parseLine<E>(line: string, file: string, offset: number): E {
  try {
    return JSON.parse(line) as E;
  } catch (cause) {
    throw new Error(`${file} is damaged at byte ${offset}`, { cause });
  }
}
