import type { Request } from 'express';
import { DomainError } from '../../domain/errors';
import { ulidText } from '../schemas';

/** @returns an id from a page's address. @throws {DomainError} object.not_found for what is none. */
export function idOf(req: Request, name: string): string {
  const { success, data } = ulidText.safeParse(req.params[name]);
  if (!success) throw new DomainError('object.not_found', { zh: '这个地址没有内容', en: 'There is nothing at this address' });
  return data;
}
