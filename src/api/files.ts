import express, { type Request, type Response } from 'express';
import { DomainError } from '../domain/errors';

/** What a route takes as a file. */
export interface UploadLimits {
  readonly mediaTypes: readonly string[];
  readonly maxBytes: number;
}

/** A file as it was sent: its bytes, and the type that its header declares. */
export interface Upload {
  readonly bytes: Buffer;
  readonly mediaType: string;
}

/** A file to send: always as an attachment, never kept by a cache, never looked at for another type. */
export interface SentFile {
  readonly bytes: Buffer;
  readonly mediaType: string;
  readonly name: string;
}

/** Reads the request's bytes. @throws {DomainError} request.invalid for another media type, an encoding, no bytes or too many. */
export async function readUpload(req: Request, res: Response, limits: UploadLimits): Promise<Upload> {
  const mediaType = (req.get('content-type') ?? '').split(';')[0]!.trim().toLowerCase();
  if (!limits.mediaTypes.includes(mediaType))
    throw invalid(`Content-Type: send the file's bytes as the body, as ${limits.mediaTypes.join(', ')}`, 'Content-Type');
  const read = express.raw({ type: () => true, limit: limits.maxBytes, inflate: false });
  await new Promise<void>((resolve, reject) => read(req, res, (error?: unknown) => (error ? reject(refusal(error, limits)) : resolve())));
  const bytes = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
  if (bytes.length === 0) throw invalid('body: the file has no bytes', '/');
  return { bytes, mediaType };
}

function refusal(error: unknown, limits: UploadLimits): unknown {
  const { type } = error as { type?: string };
  if (type === 'entity.too.large') return invalid(`body: the file is larger than ${limits.maxBytes} bytes`, '/');
  return type === 'encoding.unsupported' ? invalid('Content-Encoding: send the bytes as they are', 'Content-Encoding') : error;
}

function invalid(message: string, field: string): DomainError {
  return new DomainError('request.invalid', message, { field, errors: [{ pointer: field, message }] });
}

/** Answers with a file's bytes. `no-transform` keeps the compressor's hands off them. */
export function sendFile(res: Response, { bytes, mediaType, name }: SentFile): void {
  res
    .set({
      'Content-Type': mediaType,
      'Content-Disposition': `attachment; filename="${name}"`,
      'Content-Security-Policy': "sandbox; default-src 'none'",
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'private, no-store, no-transform',
    })
    .end(bytes);
}
