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
