import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { decryptResource, type EncryptedResource } from '../../../../src/adapters/donation/wechat/aead';
import { authorization, requestMessage, signMessage, verifyMessage } from '../../../../src/adapters/donation/wechat/signature';
import { MessageError, SignatureError } from '../../../../src/adapters/errors';
import { vectors } from '../../support';

const vector = vectors('wechatpay-v3.json');

interface RequestInputs extends Record<'method' | 'url' | 'nonce' | 'body' | 'mchid' | 'serial' | 'privateKeyPem', string> {
  readonly timestamp: number;
}

interface CallbackInputs {
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly certificatePem: string;
  readonly now: number;
}

interface DownloadInputs {
  readonly apiV3Key: string;
  readonly responseBody: { readonly data: readonly [{ readonly encrypt_certificate: EncryptedResource }] };
}

describe('the published vectors of WeChat Pay APIv3', () => {
  test.each(['go-sha256-rsa2048-sign', 'java-merchant-sign'])('%s: our signature is the published one', async (name) => {
    const { inputs, expected } = vector(name);
    expect(await signMessage(inputs.message, createPrivateKey(inputs.privateKeyPem))).toBe(expected.signatureBase64);
  });

  test('java-request-authorization: message, signature and header of a request', async () => {
    const { inputs, expected } = vector<RequestInputs>('java-request-authorization');
    const { pathname, search } = new URL(inputs.url);
    const message = requestMessage(inputs.method, pathname + search, inputs.timestamp, inputs.nonce, inputs.body);
    expect(message).toBe(expected.message);
    const signature = await signMessage(message, createPrivateKey(inputs.privateKeyPem));
    expect(authorization(inputs.mchid, inputs.serial, inputs.timestamp, inputs.nonce, signature)).toBe(expected.authorization);
  });

  test('go-callback-full: the signature of a whole callback holds, and only then', () => {
    const { inputs } = vector<CallbackInputs>('go-callback-full');
    const keys = new Map([
      [
        inputs.headers['Wechatpay-Serial'] ?? '',
        createPublicKey(new X509Certificate(inputs.certificatePem).publicKey.export({ type: 'spki', format: 'pem' })),
      ],
    ]);
    const body = Buffer.from(inputs.body);
    const check =
      (changed: Record<string, string> = {}, bytes = body, nowSec = inputs.now) =>
      () =>
        verifyMessage(bytes, { ...inputs.headers, ...changed }, keys, nowSec * 1000);
    expect(check()).not.toThrow();
    expect(check({}, Buffer.concat([body, Buffer.from(' ')]))).toThrow(SignatureError);
    expect(check({ 'Wechatpay-Nonce': 'another' })).toThrow(SignatureError);
    expect(check({ 'Wechatpay-Serial': 'FFFF' })).toThrow(/unknown platform serial/);
    expect(check({ 'Wechatpay-Signature': `WECHATPAY/SIGNTEST/${inputs.headers['Wechatpay-Signature']}` })).toThrow(/SIGNTEST/);
    expect(check({}, body, inputs.now + 299)).not.toThrow();
    expect(check({}, body, inputs.now + 300)).toThrow(/older than 300 s/);
    expect(check({}, body, inputs.now - 300)).toThrow(SignatureError);
    expect(check({ 'Wechatpay-Timestamp': '' })).toThrow(/missing/);
  });

  test.each(['java-verify-with-wrong-public-key', 'go-platform-certificate-verify-wrong-message'])('%s: refused', (name) => {
    const { inputs } = vector(name);
    const key = inputs.publicKeyPem === undefined ? new X509Certificate(inputs.certificatePem).publicKey : createPublicKey(inputs.publicKeyPem);
    const headers = { 'wechatpay-timestamp': '1', 'wechatpay-nonce': 'n', 'wechatpay-serial': 's', 'wechatpay-signature': inputs.signatureBase64 };
    expect(() => verifyMessage(Buffer.from(inputs.message), headers, new Map([['s', key]]), 1000)).toThrow(SignatureError);
  });

  test('java-aes-256-gcm and the certificate download decrypt', () => {
    const { inputs, expected } = vector('java-aes-256-gcm');
    const resource = { ciphertext: inputs.ciphertextBase64, nonce: inputs.nonce, associated_data: inputs.associatedData };
    expect(decryptResource(resource, inputs.apiV3Key)).toBe(expected.plaintext);
    const download = vector<DownloadInputs>('java-certificates-download-decrypt');
    expect(decryptResource(download.inputs.responseBody.data[0].encrypt_certificate, download.inputs.apiV3Key)).toBe(download.expected.plaintext);
  });

  test.each(['java-aes-256-gcm-bad-aad', 'java-aes-256-gcm-bad-nonce', 'go-aes-gcm-decrypt-16-byte-key'])('%s: refused', (name) => {
    const { inputs } = vector(name);
    const resource = { ciphertext: inputs.ciphertextBase64, nonce: inputs.nonce, associated_data: inputs.associatedData };
    expect(() => decryptResource(resource, inputs.apiV3Key)).toThrow(MessageError);
  });
});
