import { createCipheriv, createPrivateKey, createHash, sign } from 'node:crypto';
import { createWechatPay } from '../../src/adapters/donation/wechat/wechatPay';
import { MessageError, SignatureError } from '../../src/adapters/errors';
import { keyRing } from '../../src/adapters/keyRing';
import { createBankLink } from '../../src/adapters/payment/bank/bankLink';
import { createCmbLink } from '../../src/adapters/payment/cmb/cmbLink';
import { sealPush } from '../../src/simulators/cmb/envelope';
import { makePair } from '../../src/simulators/cmb/sm2';
import { rsaPair, sample, vectors } from './support';

// The other side changes its key: old and new are good at once, and after its end the old one signs for nobody.
const NOW = Date.parse('2026-11-28T12:00:00Z');
const UNTIL = '2026-11-28T13:00:00+00:00';
const HOUR_MS = 3_600_000;
let now: jest.SpyInstance;
const at = (ms: number): void => void now.mockReturnValue(ms);
beforeEach(() => {
  now = jest.spyOn(Date, 'now').mockReturnValue(NOW);
});
afterEach(() => now.mockRestore());

const [oldPair, newPair, stranger] = [rsaPair(), rsaPair(), rsaPair()];
const seconds = (): string => String(Math.floor(Date.now() / 1000));
const signed = (text: string, pem: string): string => sign('sha256', Buffer.from(text), createPrivateKey(pem)).toString('base64');

/** Who signs, by which key, under which name. */
type Signer = 'old' | 'new' | 'stranger';

const SECRETS = { old: '0123456789abcdef0123456789abcdef', new: 'N'.repeat(32), stranger: 'S'.repeat(32) } as const;
const GIFT = {
  ...{ mchid: '1900000001', out_trade_no: 'GIFT1', transaction_id: '42', trade_state: 'SUCCESS', success_time: '2026-11-28T20:00:00+08:00' },
  amount: { total: 100, currency: 'CNY' },
};
function wechatHears(by: Signer, under: Signer = 'new'): Promise<unknown> {
  const [OLD, NEW] = ['5157F09EFDC096DE15EBE81A47057A72', 'PUB_KEY_ID_0000000000000000000000000000001'];
  const apiV3Keys = [SECRETS.new, { key: SECRETS.old, until: UNTIL }];
  const channel = createWechatPay({
    ...{ baseUrl: 'http://127.0.0.1:1', apiV3Keys, timeoutMs: 100 },
    merchants: () => ({ appid: 'wx1', serial: 'AB', privateKeyPem: oldPair.privateKey, apiV3Keys }),
    platformKeys: { [OLD]: { key: oldPair.publicKey, until: UNTIL }, [NEW]: newPair.publicKey },
  });
  const cipher = createCipheriv('aes-256-gcm', SECRETS[under], 'nonce-of-12b');
  cipher.setAAD(Buffer.from('transaction'));
  const sealed = Buffer.concat([cipher.update(JSON.stringify(GIFT)), cipher.final(), cipher.getAuthTag()]).toString('base64');
  const resource = { algorithm: 'AEAD_AES_256_GCM', ciphertext: sealed, nonce: 'nonce-of-12b', associated_data: 'transaction' };
  const body = JSON.stringify({ id: 'N1', event_type: 'TRANSACTION.SUCCESS', resource_type: 'encrypt-resource', resource });
  const pem = { old: oldPair, new: newPair, stranger }[by].privateKey;
  const headers = {
    'wechatpay-timestamp': seconds(),
    'wechatpay-nonce': 'n',
    'wechatpay-serial': by === 'old' ? OLD : NEW,
    'wechatpay-signature': signed(`${seconds()}\nn\n${body}\n`, pem),
  };
  return channel.parseNotice(Buffer.from(body), headers);
}

function bankSays(by: Signer): Promise<unknown> {
  const link = createBankLink({
    ...{ baseUrl: 'http://127.0.0.1:1', keyId: 'US', privateKeyPem: oldPair.privateKey, initiatingParty: { name: 'A', uscc: 'B' }, timeoutMs: 100 },
    bankKeys: { 'BANK-1': { key: oldPair.publicKey, until: UNTIL }, 'BANK-2': newPair.publicKey },
  });
  const body = sample('cn-chain-3-camt.054.001.08');
  const pem = { old: oldPair, new: newPair, stranger }[by].privateKey;
  const text = `POST\n/callbacks/bank\n${seconds()}\nn\n${createHash('sha256').update(body).digest('hex')}\n`;
  const headers = {
    ...{ 'bank-key-id': by === 'old' ? 'BANK-1' : 'BANK-2', 'bank-timestamp': seconds(), 'bank-nonce': 'n', 'bank-target': '/callbacks/bank' },
    'bank-signature': signed(text, pem),
  };
  return link.parseNotice(body, headers);
}

const [oldSm2, newSm2, strangeSm2, ourSm2] = [makePair(), makePair(), makePair(), makePair()];
function cmbSays(by: Signer): Promise<unknown> {
  const [uid, sm4Key] = ['N003261207', 'f'.repeat(32)];
  const link = createCmbLink({
    ...{ baseUrl: 'http://127.0.0.1:1', uid, privateKeyHex: ourSm2.privateKey, sm4Keys: [sm4Key], busMod: '00001', timeoutMs: 100 },
    bankKeys: [{ key: oldSm2.publicKey, until: UNTIL }, newSm2.publicKey],
  });
  const { privateKey } = { old: oldSm2, new: newSm2, stranger: strangeSm2 }[by];
  const body = { msgtyp: 'FINB', msgdat: { backInfo: { yurRef: 'X' } } };
  return link.parseNotice(Buffer.from(sealPush({ uid, sm4Key, privateKey, clientKeys: [] }, 'YQN02030', '202611282000000001', body)), {});
}

test.each([
  ['WeChat Pay, a certificate and the public key that follows it', (by: Signer) => wechatHears(by)],
  ['the bank link, by key id', bankSays],
  ["China Merchants Bank's link, which names no key", cmbSays],
])('%s', async (_who, says) => {
  for (const by of ['old', 'new'] as const) await expect(says(by)).resolves.toBeDefined();
  at(NOW + HOUR_MS - 1_000);
  for (const by of ['old', 'new'] as const) await expect(says(by)).resolves.toBeDefined();
  at(NOW + HOUR_MS);
  await expect(says('old')).rejects.toThrow(SignatureError);
  await expect(says('new')).resolves.toBeDefined();
  await expect(says('stranger')).rejects.toThrow(SignatureError);
});

test('WeChat Pay’s APIv3 key: a callback under the old or the new one is read, under the old one until its end, and under no other', async () => {
  for (const under of ['old', 'new'] as const) await expect(wechatHears('new', under)).resolves.toMatchObject({ kind: 'paid', orderId: 'GIFT1' });
  await expect(wechatHears('new', 'stranger')).rejects.toThrow(MessageError);
  at(NOW + HOUR_MS);
  await expect(wechatHears('new', 'old')).rejects.toThrow(MessageError);
  await expect(wechatHears('new', 'new')).resolves.toBeDefined();
});

test('a platform certificate stands for its public key; what is neither, or ends at no moment, is said at once', () => {
  const { certificatePem } = vectors('wechatpay-v3.json')('go-callback-full').inputs;
  expect(keyRing({ A: certificatePem }).get('A')?.asymmetricKeyType).toBe('rsa');
  expect(keyRing({ A: certificatePem }).get('B')).toBeUndefined();
  expect(() => keyRing({ A: 'no key' })).toThrow();
  expect(() => keyRing({ A: { key: certificatePem, until: 'soon' } })).toThrow(/no moment/);
});
