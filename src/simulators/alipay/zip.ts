import { crc32, deflateRawSync } from 'node:zlib';

interface File {
  /** The name's bytes. */
  readonly name: Buffer;
  readonly content: Buffer;
}

const VERSION = 20;
const DEFLATED = 8;

/** An archive of deflated files (APPNOTE 4.3): each with its header, then the directory, then the end. */
export function zip(files: readonly File[]): Buffer {
  const written: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content } of files) {
    const packed = deflateRawSync(content);
    const facts = factsOf(name, content, packed);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), facts, name, packed]);
    written.push(local);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02', 'latin1'), u16(VERSION), facts, Buffer.alloc(10), u32(offset), name]));
    offset += local.length;
  }
  const bytes = directory.reduce((sum, { length }) => sum + length, 0);
  const counts = [u16(0), u16(0), u16(files.length), u16(files.length), u32(bytes), u32(offset), u16(0)];
  return Buffer.concat([...written, ...directory, Buffer.from('PK\x05\x06', 'latin1'), ...counts]);
}

/** What a local header and the directory both say. */
function factsOf(name: Buffer, content: Buffer, packed: Buffer): Buffer {
  const time = u32(0x00210000);
  return Buffer.concat([
    u16(VERSION),
    u16(0),
    u16(DEFLATED),
    time,
    u32(crc32(content)),
    u32(packed.length),
    u32(content.length),
    u16(name.length),
    u16(0),
  ]);
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
