import { constants, publicEncrypt } from 'node:crypto';
import { isStanding, keyRing, type StandingKey } from '../../keyRing';

/** Seals what travels to WeChat Pay encrypted. `serial` names the key, and goes along in `Wechatpay-Serial`. */
export interface Seal {
  readonly serial: string;
  /** @returns RSA-OAEP (SHA-1, as APIv3 fixes it) over the text, base64. */
  close(text: string): string;
}

/** @returns the seal of the platform's key that has no end; where all have one, of any that is still good. @throws {RangeError} when none is. */
export function sealOf(platformKeys: Readonly<Record<string, StandingKey>>): Seal {
  const good = Object.keys(platformKeys).filter((serial) => isStanding(platformKeys[serial]!));
  const serial = good.find((each) => typeof platformKeys[each] === 'string') ?? good[0];
  const key = serial === undefined ? undefined : keyRing(platformKeys).get(serial);
  if (serial === undefined || key === undefined) throw new RangeError('no key of the platform is good any more');
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  return { serial, close: (text) => publicEncrypt({ key, padding, oaepHash: 'sha1' }, Buffer.from(text, 'utf8')).toString('base64') };
}
