import { crc32, inflateRawSync } from 'node:zlib';
import { MessageError } from '../../errors';

export interface ZipEntry {
  /** The name's bytes: the provider writes them in GBK, mostly without saying so. */
  readonly name: Buffer;
  readonly content: Buffer;
}

const [LOCAL, CENTRAL, END] = [0x04034b50, 0x02014b50, 0x06054b50];
const END_BYTES = 22;
const [STORED, DEFLATED] = [0, 8];

/**
 * Reads an archive by its central directory: stored and deflated entries, each held against its length and CRC-32. No encryption, no ZIP64.
 * @param mostBytes what all contents together may have: a small archive may hold a large file. @throws {MessageError} no whole archive.
 */
export function unzip(archive: Buffer, mostBytes: number): ZipEntry[] {
  try {
    return entriesOf(archive, mostBytes);
  } catch (cause) {
    // Reading beyond the end, and data that does not inflate.
    throw cause instanceof MessageError ? cause : new MessageError('not a whole archive', { cause });
  }
}

function entriesOf(archive: Buffer, mostBytes: number): ZipEntry[] {
  let end = archive.length - END_BYTES;
  while (end >= 0 && archive.readUInt32LE(end) !== END) end -= 1;
  if (end < 0) throw new MessageError('not an archive');
  const entries: ZipEntry[] = [];
  let [at, left] = [archive.readUInt32LE(end + 16), mostBytes];
  for (let count = archive.readUInt16LE(end + 10); count > 0; count -= 1) {
    if (archive.readUInt32LE(at) !== CENTRAL) throw new MessageError('the directory of the archive is damaged');
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((place) => archive.readUInt16LE(at + place)) as [number, number, number];
    const entry = { name: archive.subarray(at + 46, at + 46 + nameBytes), content: contentOf(archive, at, left) };
    left -= entry.content.length;
    entries.push(entry);
    at += 46 + nameBytes + extraBytes + commentBytes;
  }
  return entries;
}

function contentOf(archive: Buffer, central: number, mostBytes: number): Buffer {
  const [flags, method] = [archive.readUInt16LE(central + 8), archive.readUInt16LE(central + 10)];
  const [crc, packed, length, local] = [16, 20, 24, 42].map((place) => archive.readUInt32LE(central + place)) as [number, number, number, number];
  if ((flags & 1) !== 0 || archive.readUInt32LE(local) !== LOCAL) throw new MessageError('an entry of the archive is sealed or damaged');
  if (length > mostBytes) throw new MessageError(`the archive holds more than ${mostBytes} bytes`);
  const from = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  const bytes = archive.subarray(from, from + packed);
  if (method !== STORED && method !== DEFLATED) throw new MessageError(`an entry packed by method ${method}`);
  const content = method === STORED ? bytes : inflateRawSync(bytes, { maxOutputLength: Math.max(length, 1) });
  if (content.length !== length || crc32(content) !== crc) throw new MessageError('an entry of the archive is not what its sum says');
  return content;
}
