import express, { type Request, type Response as ExpressResponse } from 'express';
import { DomainError } from '../../domain/errors';

/** A file as a form sent it. The name that it had on the sender's machine is not kept. */
export interface SentFile {
  readonly bytes: Buffer;
  /** What the browser says it is. */
  readonly mediaType: string;
}

/** Room for the fields and marks beside the file. */
const BESIDE_BYTES = 64_000;

/**
 * Reads a multipart form of text fields and at most one file. The parsing is the platform's own (WHATWG fetch, RFC 7578).
 * @returns the fields by name, and the file in `file`; null where none was chosen or it is larger than `maxBytes`.
 * @throws {DomainError} request.invalid for anything that is no such form.
 */
export async function readFormWithFile(
  req: Request,
  res: ExpressResponse,
  maxBytes: number,
): Promise<{ readonly fields: Readonly<Record<string, string>>; readonly file: SentFile | null }> {
  const read = express.raw({ type: 'multipart/form-data', limit: maxBytes + BESIDE_BYTES, inflate: false });
  const tooLarge = await new Promise<boolean>((resolve, reject) =>
    read(req, res, (error?: unknown) =>
      !error ? resolve(false) : (error as { type?: string }).type === 'entity.too.large' ? resolve(true) : reject(error),
    ),
  );
  if (tooLarge) return { fields: {}, file: null };
  if (!Buffer.isBuffer(req.body))
    throw new DomainError('request.invalid', { zh: '表单不是 multipart/form-data', en: 'The form is not multipart/form-data' });
  const form = await parsed(req.body, req.get('content-type') ?? '');
  const texts = [...form.entries()].filter((field): field is [string, string] => typeof field[1] === 'string');
  const given = form.get('file');
  const chosen = given instanceof File && given.size > 0 && given.size <= maxBytes ? given : null;
  return {
    fields: Object.fromEntries(texts.map(([name, text]) => [name, text.replaceAll('\r\n', '\n')])),
    file: chosen && { bytes: Buffer.from(await chosen.arrayBuffer()), mediaType: chosen.type },
  };
}

async function parsed(body: Buffer, contentType: string): Promise<FormData> {
  try {
    return await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
  } catch {
    // Whatever the parser did not like about it, the sender can only send it again.
    throw new DomainError('request.invalid', { zh: '无法读取表单', en: 'The form could not be read' });
  }
}
