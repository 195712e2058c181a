import { type Dispatcher, request } from 'undici';

/** Longer than a call may take: a day of a large merchant is a long file. */
const DOWNLOAD_MS = 60_000;

interface Download {
  /** Signed ones are still being made: a signature that fails is a reason, too. */
  readonly headers: Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
  readonly dispatcher: Dispatcher;
  /** What a call may take, ms; a file may take longer. */
  readonly timeoutMs: number;
  /** Longer files are not read to their end. */
  readonly mostBytes: number;
}

/** Downloads a channel's bill from an address that the caller has judged. @returns the bytes, or why nothing is known; it never throws for the wire. */
export async function downloadBill(address: URL, { headers, dispatcher, timeoutMs, mostBytes }: Download): Promise<Buffer | string> {
  try {
    const signal = AbortSignal.timeout(Math.max(timeoutMs, DOWNLOAD_MS));
    const response = await request(address, { method: 'GET', headers: { ...(await headers), accept: '*/*' }, dispatcher, signal });
    const parts: Buffer[] = [];
    let bytes = 0;
    for await (const part of response.body) {
      bytes += (part as Buffer).length;
      if (bytes > mostBytes) return `the bill is longer than ${mostBytes} bytes`;
      parts.push(part as Buffer);
    }
    return response.statusCode === 200 ? Buffer.concat(parts) : `HTTP ${response.statusCode} to a bill`;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}
