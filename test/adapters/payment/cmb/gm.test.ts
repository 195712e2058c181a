import { createCipheriv, createHash } from 'node:crypto';
import { mustBePublicKey, publicKeyOf, sm2Sign, sm2Verifies } from '../../../../src/adapters/payment/cmb/sm2';
import { sm4Decrypt, sm4Encrypt } from '../../../../src/adapters/payment/cmb/sm4';
import { makePair, sign, verifies } from '../../../../src/simulators/cmb/sm2';
import { vectors } from '../../support';

// The standards' own examples judge both sides: the adapter, and the simulated bank's own arithmetic. A published library (sm-crypto) is a third opinion.
const vector = vectors('sm2-sm3-sm4.json');
interface Options {
  readonly hash: true;
  readonly userId: string;
  readonly publicKey: string;
}
const sm = jest.requireActual<{
  sm2: {
    doSignature(message: string, privateKey: string, options: Options): string;
    doVerifySignature(message: string, signature: string, publicKey: string, options: Options): boolean;
  };
  sm3(message: string): string;
}>('sm-crypto');

test('SM2: the example of GM/T 0003.5 to the last digit, with its own k', () => {
  const { inputs, expected } = vector<Record<string, string>, Record<string, string>>('sm2-sign');
  const { privateKeyHex, publicKeyHex, idAscii, messageAscii, kHex } = inputs as Record<
    'privateKeyHex' | 'publicKeyHex' | 'idAscii' | 'messageAscii' | 'kHex',
    string
  >;
  const signature = Buffer.from(expected.rHex! + expected.sHex!, 'hex');
  expect(sm2Verifies(messageAscii, signature, publicKeyHex, idAscii)).toBe(true);
  expect(verifies(Buffer.from(messageAscii), signature, idAscii, publicKeyHex)).toBe(true);
  expect(sign(Buffer.from(messageAscii), idAscii, privateKeyHex, BigInt(`0x${kHex}`)).toString('hex')).toBe(signature.toString('hex'));
  expect(sm2Sign(messageAscii, privateKeyHex, idAscii, kHex).toString('hex')).toBe(signature.toString('hex'));
  expect(publicKeyOf(privateKeyHex)).toBe(publicKeyHex);
  expect(makePair(BigInt(`0x${privateKeyHex}`))).toEqual({ privateKey: privateKeyHex, publicKey: publicKeyHex });
  // Another id, another message, one bit of either half: none is this signature.
  expect(sm2Verifies(messageAscii, signature, publicKeyHex, `${idAscii.slice(0, 15)}9`)).toBe(false);
  expect(sm2Verifies(`${messageAscii} `, signature, publicKeyHex, idAscii)).toBe(false);
  for (const at of [0, 31, 32, 63]) {
    const altered = Buffer.from(signature);
    altered[at]! ^= 1;
    expect(sm2Verifies(messageAscii, altered, publicKeyHex, idAscii)).toBe(false);
    expect(verifies(Buffer.from(messageAscii), altered, idAscii, publicKeyHex)).toBe(false);
  }
  expect(sm2Verifies(messageAscii, Buffer.alloc(64), publicKeyHex, idAscii)).toBe(false);
  expect(sm2Verifies(messageAscii, Buffer.alloc(0), publicKeyHex, idAscii)).toBe(false);
});

test('SM2: either side takes what the other signs, and no k is used twice', () => {
  const { privateKey, publicKey } = makePair();
  const [text, id] = ['{"付":"款"}', 'N0032612070000000'];
  const [one, two] = [sm2Sign(text, privateKey, id), sm2Sign(text, privateKey, id)];
  for (const each of [one, two]) expect(verifies(Buffer.from(text), each, id, publicKey)).toBe(true);
  expect(one.subarray(0, 32)).not.toEqual(two.subarray(0, 32));
  const theirs = sign(Buffer.from(text), id, privateKey);
  expect(sm2Verifies(text, theirs, publicKey, id)).toBe(true);
  const options: Options = { hash: true, userId: id, publicKey };
  for (const each of [one, theirs]) expect(sm.sm2.doVerifySignature(text, each.toString('hex'), publicKey, options)).toBe(true);
  expect(sm2Verifies(text, Buffer.from(sm.sm2.doSignature(text, privateKey, options), 'hex'), publicKey, id)).toBe(true);
});

test('a key that is none is said at once', () => {
  const { publicKey } = makePair();
  mustBePublicKey(publicKey);
  expect(() => mustBePublicKey(`${publicKey.slice(0, -1)}${publicKey.endsWith('0') ? '1' : '0'}`)).toThrow();
  expect(() => publicKeyOf('0'.repeat(64))).toThrow();
});

test('SM3: every example, by either library', () => {
  const names = ['sm3-3-bytes', 'sm3-64-bytes', ...Array.from({ length: 10 }, (_, n) => `sm3-text-${n + 4}`)];
  for (const name of names) {
    const { inputs, expected } = vector<{ messageAscii?: string; messageUtf8?: string }, { digestHex: string }>(name);
    const message = (inputs.messageAscii ?? inputs.messageUtf8)!;
    expect([createHash('sm3').update(message).digest('hex'), sm.sm3(message)]).toEqual([expected.digestHex, expected.digestHex]);
  }
});

test('SM4: a block of GM/T 0002, and CBC with its padding', () => {
  const block = vector<Record<'keyHex' | 'plaintextHex', string>, { ciphertextHex: string }>('sm4-block');
  const ecb = createCipheriv('sm4-ecb', Buffer.from(block.inputs.keyHex, 'hex'), null);
  expect(ecb.update(block.inputs.plaintextHex, 'hex', 'hex')).toBe(block.expected.ciphertextHex);
  const { inputs, expected } = vector<Record<'keyHex' | 'ivHex' | 'plaintextUtf8', string>, { ciphertextHex: string }>('sm4-cbc-pkcs7');
  const iv = Buffer.from(inputs.ivHex, 'hex');
  expect(sm4Encrypt(inputs.plaintextUtf8, inputs.keyHex, iv).toString('hex')).toBe(expected.ciphertextHex);
  expect(sm4Decrypt(Buffer.from(expected.ciphertextHex, 'hex'), inputs.keyHex, iv)).toBe(inputs.plaintextUtf8);
  expect(() => sm4Decrypt(Buffer.from(expected.ciphertextHex, 'hex'), 'f'.repeat(32), iv)).toThrow();
});
