import { deflateSync } from 'node:zlib';
import type { Answer, House } from './house';
import type { Tenant } from './people';

/** A small PDF of nobody's; `inside` is put among its objects. */
export function aPdf(inside = '', name = 'one'): string {
  return `%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n% ${name}\n${inside}\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n`;
}

/** A compressed object stream with this text in it. */
export function anObjectStream(text: string, more = ''): Buffer {
  const packed = deflateSync(Buffer.from(text, 'latin1'));
  const head = `7 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode ${more} /Length ${packed.length} >>\nstream\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), packed, Buffer.from('\nendstream\nendobj\n', 'latin1')]);
}

const segment = (marker: number, content: Buffer): Buffer => {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(content.length + 2);
  return Buffer.concat([Buffer.from([0xff, marker]), length, content]);
};

/** An Exif block with an orientation and, behind it, whatever else a camera writes. */
export function exif(orientation: number, more: string): Buffer {
  const head = Buffer.from([0x49, 0x49, 0x2a, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0]);
  return Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), head, Buffer.from(more)]);
}

/** A JPEG by structure, with these segments (marker, content) before its frame, and bytes behind its end. */
export function aJpeg(segments: readonly (readonly [number, Buffer])[] = [], size = [8, 8], behind = ''): Buffer {
  const [width, height] = size as [number, number];
  const frame = Buffer.from([8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0]);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, Buffer.from('JFIF\0\x01\x01\0\0\x01\0\x01\0\0', 'latin1')),
    ...segments.map(([marker, content]) => segment(marker, content)),
    segment(0xdb, Buffer.alloc(65, 1)),
    segment(0xc0, frame),
    segment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])),
    // A stuffed FF and a restart are part of the scan.
    Buffer.from([0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56]),
    Buffer.from([0xff, 0xd9]),
    Buffer.from(behind),
  ]);
}

const chunk = (type: string, content: Buffer): Buffer => {
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, Buffer.from(type, 'latin1'), content, sum]);
};

/** A PNG by structure, with these chunks behind its head. */
export function aPng(chunks: readonly (readonly [string, Buffer])[] = [], size = [8, 8], behind = ''): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size[0]!, 0);
  head.writeUInt32BE(size[1]!, 4);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', head),
    ...chunks.map(([type, content]) => chunk(type, content)),
    chunk('IDAT', deflateSync(Buffer.alloc(72))),
    chunk('IEND', Buffer.alloc(0)),
    Buffer.from(behind),
  ]);
}

export interface DocumentAnswer {
  readonly id: string;
  readonly kind: string;
  readonly version: number;
  readonly sha256: string;
  readonly stored: boolean;
  readonly views: readonly { readonly by: string; readonly at: string; readonly reason: string }[];
}

/** Uploads a file as the tenant's platform. */
export function upload(
  house: House,
  tenant: Tenant,
  campaignId: string,
  kind: string,
  bytes: string | Uint8Array<ArrayBuffer>,
  mediaType = 'application/pdf',
): Promise<Answer<DocumentAnswer>> {
  return house.ask<DocumentAnswer>('POST', `/v1/campaigns/${campaignId}/documents/uploads?kind=${kind}`, {
    as: tenant.platformKey,
    raw: bytes,
    headers: { 'content-type': mediaType },
  });
}
