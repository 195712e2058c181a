import type { Request } from 'express';
import type { GiverClient } from '../../../adapters/donation/port';

/**
 * Where somebody who gives on our page will pay: in the browser of their telephone, or by a code. Inside of WeChat a code, too: nothing of Alipay's opens there,
 * and our page does not know its visitor's openid. It is a convenience, not a rule: who says something else of their browser gets the other way to pay.
 * @param backUrl where the channel's own page leads back to.
 */
export function giverClient(req: Request, backUrl: string): GiverClient {
  const agent = req.get('user-agent') ?? '';
  const isTelephone = req.get('sec-ch-ua-mobile') === '?1' || /Mobile|Android|iPhone/.test(agent);
  return isTelephone && !agent.includes('MicroMessenger') ? { kind: 'browser', backUrl } : { kind: 'code' };
}
