import { createPrivateKey } from 'node:crypto';
import { holds, keyRing, type Params, signContent, signedPart, signRsa2 } from '../../../../src/adapters/donation/alipay/signature';
import { vectors } from '../../support';

const vector = vectors('alipay-rsa2.json');

interface Inputs {
  readonly alipayPublicKeyPem: string;
  readonly responseBody: string;
  readonly responseKey: string;
  readonly appPrivateKeyPem: string;
  readonly params: Params;
}

interface Expected {
  readonly signString: string;
  readonly valid: boolean;
  readonly signatureBase64: string;
}

describe('the published vectors of RSA2', () => {
  test('request-sign: content and signature of a request', async () => {
    const { inputs, expected } = vector<Inputs, Expected>('request-sign');
    expect(signContent(inputs.params)).toBe(expected.signString);
    expect(await signRsa2(signContent(inputs.params), createPrivateKey(inputs.appPrivateKeyPem))).toBe(expected.signatureBase64);
  });

  test.each(['gateway-response-verify', 'sign-string-normal', 'sign-string-include-sign-key-in-data'])('%s: the raw part that is signed', (name) => {
    const { inputs, expected } = vector<Inputs, Expected>(name);
    expect(signedPart(inputs.responseBody, inputs.responseKey)).toBe(expected.signString);
  });

  test('gateway-response-verify: the signature of an answer holds, and not over the same object written again', () => {
    const { inputs } = vector<Inputs, Expected>('gateway-response-verify');
    const { sign } = JSON.parse(inputs.responseBody) as { sign: string };
    const part = signedPart(inputs.responseBody, inputs.responseKey)!;
    const keys = keyRing([inputs.alipayPublicKeyPem]);
    expect(holds(part, sign, keys)).toBe(true);
    expect(holds(part.replace('10000', '10001'), sign, keys)).toBe(false);
    expect(holds(JSON.stringify(JSON.parse(part), null, 1), sign, keys)).toBe(false);
    expect(holds(part, sign, [])).toBe(false);
  });

  test.each(['trade-notify-verify', 'trade-notify-amount-changed'])('%s', (name) => {
    const { inputs, expected } = vector<Inputs, Expected>(name);
    const content = signContent(inputs.params, ['sign_type']);
    if (expected.valid) expect(content).toBe(expected.signString);
    expect(holds(content, inputs.params.sign!, keyRing([inputs.alipayPublicKeyPem]))).toBe(expected.valid);
  });
});

test('in a rotation either key is good, and no third one', () => {
  const { inputs } = vector<Inputs, Expected>('trade-notify-verify');
  const other = vector<Inputs, Expected>('gateway-response-verify').inputs.alipayPublicKeyPem;
  const [content, sign] = [signContent(inputs.params, ['sign_type']), inputs.params.sign!];
  expect(holds(content, sign, keyRing([other, inputs.alipayPublicKeyPem]))).toBe(true);
  expect(holds(content, sign, keyRing([inputs.alipayPublicKeyPem, other]))).toBe(true);
  expect(holds(content, sign, keyRing([other]))).toBe(false);
});

test.each([
  ['of two objects under one name the first', '{"a_response":{"x":1},"a_response":{"x":2},"sign":"s"}', '{"x":1}'],
  ['brackets and quotes inside of strings part nothing', '{"sign":"s","a_response":{"x":"}\\"{","y":[{"z":"]"}]}}', '{"x":"}\\"{","y":[{"z":"]"}]}'],
  ['a name inside of another object is not it', '{"b":{"a_response":{"x":1}},"sign":"s"}', null],
  ['a string is no object', '{"a_response":"{}","sign":"s"}', null],
  ['cut off', '{"a_response":{"x":1', null],
  ['nothing', '', null],
  ['a page', '<html></html>', null],
])('%s', (_what, answer, part) => {
  expect(signedPart(answer, 'a_response')).toBe(part);
});
