import { inflateSync } from 'node:zlib';

export const MEDIA_TYPES = ['image/jpeg', 'image/png', 'application/pdf'] as const;
export type MediaType = (typeof MEDIA_TYPES)[number];

const MAGIC: readonly (readonly [MediaType, Buffer])[] = [
  ['image/jpeg', Buffer.from([0xff, 0xd8, 0xff])],
  ['image/png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])],
  ['application/pdf', Buffer.from('%PDF-')],
];

/** @returns the type that the first bytes say, whatever a header claims; null for any other. */
export function sniffedType(bytes: Buffer): MediaType | null {
  return MAGIC.find(([, magic]) => bytes.subarray(0, magic.length).equals(magic))?.[0] ?? null;
}

/** Names in a PDF (ISO 32000-1) by which opening it does something, sends something or carries another file. */
const ACTIVE = /\/(JavaScript|Launch|OpenAction|EmbeddedFiles?|RichMedia|SubmitForm|ImportData|XFA)(?![A-Za-z0-9])/;
/** An object stream holds many small objects; more than this unpacked is no medical record. */
const UNPACKED_BYTES_MAX = 64_000_000;
/** A stream's dictionary is looked for in this many characters before it. */
const DICTIONARY_CHARS = 4_000;

/**
 * Looks for active content in a PDF: in the file itself, names written with #xx escapes included, and in compressed object streams. What cannot be looked into is not taken.
 * @returns the name that was found, `Encrypt` or `unreadable object stream`; null when there is nothing active.
 */
export function activeContentOf(pdf: Buffer): string | null {
  const text = pdf.toString('latin1');
  const found = activeName(text);
  if (found) return found;
  if (/\/Encrypt(?![A-Za-z0-9])/.test(plainNames(text))) return 'Encrypt';
  let budget = UNPACKED_BYTES_MAX;
  for (const { index, 0: keyword } of text.matchAll(/(?<!end)stream\r?\n/g)) {
    const before = text.slice(Math.max(0, index - DICTIONARY_CHARS), index);
    const dictionary = plainNames(before.slice(before.lastIndexOf(' obj') + 1));
    // Without a filter its content was looked at with the file's own text.
    if (!dictionary.includes('/ObjStm') || !/\/(Filter|F)(?![A-Za-z0-9])/.test(dictionary)) continue;
    // A predictor would break names apart.
    const unpacked = dictionary.includes('/Predictor') ? null : inflated(pdf.subarray(index + keyword.length), budget);
    if (unpacked === null) return 'unreadable object stream';
    budget -= unpacked.length;
    const inside = activeName(unpacked.toString('latin1'));
    if (inside) return inside;
  }
  return null;
}

function activeName(text: string): string | null {
  return ACTIVE.exec(plainNames(text))?.[1] ?? null;
}

/** `/J#61vaScript` is `/JavaScript`. */
function plainNames(text: string): string {
  return text.replace(/#([0-9A-Fa-f]{2})/g, (_escape, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function inflated(bytes: Buffer, mostBytes: number): Buffer | null {
  try {
    // Bytes after the end of the compressed data (`endstream` and the rest of the file) are not looked at.
    return inflateSync(bytes, { maxOutputLength: Math.max(1, mostBytes) });
  } catch {
    // Another filter, a predictor's garbage or a bomb: all the same to the caller, who refuses it.
    return null;
  }
}
