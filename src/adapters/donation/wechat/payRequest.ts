import { randomBytes } from 'node:crypto';
import type { WechatPayRequest } from '../port';

/**
 * Signs what the giver's client hands to WeChat (APIv3, “JSAPI调起支付”): the merchant's RSA-SHA256 over `appId\ntimeStamp\nnonceStr\nprepay_id=…\n`.
 * @param sign the merchant's signature over a message, base64.
 */
export async function payRequest(appId: string, prepayId: string, sign: (message: string) => Promise<string>): Promise<WechatPayRequest> {
  const timeStamp = String(Math.floor(Date.now() / 1000));
  const nonceStr = randomBytes(16).toString('hex');
  const bundle = `prepay_id=${prepayId}`;
  const paySign = await sign(`${appId}\n${timeStamp}\n${nonceStr}\n${bundle}\n`);
  return { appId, timeStamp, nonceStr, package: bundle, signType: 'RSA', paySign };
}
