import { createCipheriv, createDecipheriv } from 'node:crypto';

/** SM4-CBC with PKCS#7 padding (GM/T 0002). @param iv 16 bytes. */
export function sm4Encrypt(plain: string, keyHex: string, iv: Buffer): Buffer {
  const cipher = createCipheriv('sm4-cbc', Buffer.from(keyHex, 'hex'), iv);
  return Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
}

/** @throws when the padding does not come out: another key, or another text. */
export function sm4Decrypt(sealed: Buffer, keyHex: string, iv: Buffer): string {
  const decipher = createDecipheriv('sm4-cbc', Buffer.from(keyHex, 'hex'), iv);
  return Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8');
}
