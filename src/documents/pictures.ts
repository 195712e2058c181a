import type { MediaType } from './inspect';

/** A picture as it may leave the house, and how large it becomes when somebody opens it. */
export interface Picture {
  /** The picture alone: no place, no device, no time, no comment, nothing behind its end. Its orientation is kept. */
  readonly bytes: Buffer;
  readonly pixels: number;
}

/** More than any scanner or camera of a ward makes; a small file may declare a thousand times as many and fill the memory of who opens it. */
export const PIXELS_MAX = 100_000_000;

/**
 * Takes a picture apart by its own structure, without decoding it (ITU-T T.81 for JPEG, RFC 2083 for PNG).
 * @returns null for what is no whole picture.
 */
export function pictureOf(bytes: Buffer, mediaType: Exclude<MediaType, 'application/pdf'>): Picture | null {
  try {
    return mediaType === 'image/png' ? png(bytes) : jpeg(bytes);
  } catch (error) {
    // A length that points behind the end.
    if (isOutOfRange(error)) return null;
    throw error;
  }
}

/** By its name: an error of Node's own comes from another realm where tests run. */
const isOutOfRange = (error: unknown): boolean => (error as Error).name === 'RangeError';

/** Chunks that the picture is made of, colours included; the rest tells about it. */
const PNG_KEPT = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'gAMA', 'cHRM', 'sRGB', 'iCCP', 'sBIT', 'bKGD', 'pHYs', 'acTL', 'fcTL', 'fdAT']);
const PNG_SIGNATURE_BYTES = 8;

function png(bytes: Buffer): Picture | null {
  const kept: Buffer[] = [bytes.subarray(0, PNG_SIGNATURE_BYTES)];
  let pixels: number | null = null;
  for (let at = PNG_SIGNATURE_BYTES; ; ) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    const end = at + 12 + length;
    if (end > bytes.length) return null;
    if (type === 'IHDR') pixels = bytes.readUInt32BE(at + 8) * bytes.readUInt32BE(at + 12);
    if (PNG_KEPT.has(type)) kept.push(bytes.subarray(at, end));
    if (type === 'IEND') return pixels === null ? null : { bytes: Buffer.concat(kept), pixels };
    at = end;
  }
}

const [SOI, EOI, SOS, APP0, APP1, APP2, APP14, APP15, COM] = [0xd8, 0xd9, 0xda, 0xe0, 0xe1, 0xe2, 0xee, 0xef, 0xfe];
/** Frames: height and width stand in them. C4, C8 and CC are tables. */
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
const isRestart = (marker: number): boolean => marker >= 0xd0 && marker <= 0xd7;

function jpeg(bytes: Buffer): Picture | null {
  const kept: Buffer[] = [Buffer.from([0xff, SOI])];
  let pixels: number | null = null;
  for (let at = 2; ; ) {
    if (bytes.readUInt8(at) !== 0xff) return null;
    const marker = bytes.readUInt8(at + 1);
    if (marker === EOI) {
      kept.push(Buffer.from([0xff, EOI]));
      return pixels === null ? null : { bytes: Buffer.concat(kept), pixels };
    }
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    if (end > bytes.length) return null;
    const segment = bytes.subarray(at, end);
    if (isFrame(marker)) pixels = bytes.readUInt16BE(at + 5) * bytes.readUInt16BE(at + 7);
    at = marker === SOS ? endOfScan(bytes, end) : end;
    kept.push(...cleanSegment(marker, marker === SOS ? bytes.subarray(end - segment.length, at) : segment));
  }
}

/** The coded picture goes on to the next marker that is none of its own: a stuffed FF is followed by 00, restarts are part of it. */
function endOfScan(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes.readUInt8(at + 1);
    if (next !== 0 && !isRestart(next) && next !== 0xff) return at;
  }
  throw new RangeError('a scan without end');
}

function cleanSegment(marker: number, segment: Buffer): Buffer[] {
  if (marker === APP1) {
    const orientation = orientationOf(segment);
    return orientation === null ? [] : [orientationSegment(orientation)];
  }
  const isAbout = (marker > APP0 && marker <= APP15 && marker !== APP14) || marker === COM;
  const isColour = marker === APP2 && segment.toString('latin1', 4, 15) === 'ICC_PROFILE';
  return isAbout && !isColour ? [] : [segment];
}

const EXIF = Buffer.from('Exif\0\0', 'latin1');
const ORIENTATION = 0x0112;

/** @returns how the camera was held, 1 to 8; null where that is not said. */
function orientationOf(segment: Buffer): number | null {
  if (!segment.subarray(4, 10).equals(EXIF)) return null;
  const tiff = segment.subarray(10);
  const little = tiff.toString('latin1', 0, 2) === 'II';
  const two = (at: number): number => (little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const four = (at: number): number => (little ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
  try {
    const directory = four(4);
    for (let entry = 0; entry < two(directory); entry += 1) {
      const at = directory + 2 + 12 * entry;
      if (two(at) === ORIENTATION) {
        const value = two(at + 8);
        return value >= 1 && value <= 8 ? value : null;
      }
    }
    return null;
  } catch (error) {
    // What is said about the picture is broken; the picture need not be.
    if (isOutOfRange(error)) return null;
    throw error;
  }
}

/** An Exif segment that says the orientation and nothing else. */
function orientationSegment(orientation: number): Buffer {
  const tiff = Buffer.alloc(26);
  tiff.write('MM\0*', 0, 'latin1');
  tiff.writeUInt32BE(8, 4);
  tiff.writeUInt16BE(1, 8);
  tiff.writeUInt16BE(ORIENTATION, 10);
  tiff.writeUInt16BE(3, 12);
  tiff.writeUInt32BE(1, 14);
  tiff.writeUInt16BE(orientation, 18);
  const head = Buffer.alloc(4);
  head.writeUInt16BE(0xff00 + APP1, 0);
  head.writeUInt16BE(2 + EXIF.length + tiff.length, 2);
  return Buffer.concat([head, EXIF, tiff]);
}
