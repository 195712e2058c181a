import express, { type Request, type Response } from 'express';
import { type DomainError, invalidFields } from '../domain/errors';
import type { z } from 'zod';
import type { Sentence } from '../domain/sentence';

/** What a route takes as a file. */
export interface UploadLimits {
  readonly mediaTypes: readonly string[];
  readonly maxBytes: number;
  /** What a file of `application/json` must hold, where that is one of the media types. */
  readonly json?: z.ZodType;
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
  if (!limits.mediaTypes.includes(mediaType)) {
    const types = limits.mediaTypes.join(', ');
    throw invalid('Content-Type', { zh: `请求体须为文件内容本身，类型为 ${types}`, en: `send the file's bytes as the body, as ${types}` });
  }
  const read = express.raw({ type: () => true, limit: limits.maxBytes, inflate: false });
  await new Promise<void>((resolve, reject) => read(req, res, (error?: unknown) => (error ? reject(refusal(error, limits)) : resolve())));
  const bytes = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
  if (bytes.length === 0) throw invalid('/', { zh: '文件没有内容', en: 'the file has no bytes' });
  return { bytes, mediaType };
}

function refusal(error: unknown, limits: UploadLimits): unknown {
  const { type } = error as { type?: string };
  if (type === 'entity.too.large')
    return invalid('/', { zh: `文件超过 ${limits.maxBytes} 字节`, en: `the file is larger than ${limits.maxBytes} bytes` });
  if (type !== 'encoding.unsupported') return error;
  return invalid('Content-Encoding', { zh: '请发送文件原始内容，不要编码', en: 'send the bytes as they are' });
}

function invalid(pointer: string, message: Sentence): DomainError {
  return invalidFields([{ pointer, message }]);
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
