import express, { type Request, type Response, type Router } from 'express';
import { bodyOf, queryOf, rawBody } from '../support/http';
import { billFile, nameBill } from './bills';
import { isSignedBy, type Params, rsa2 } from './crypto';
import { type Biz, closeTrade, openPage, type OrderCall, precreate, queryTrade, text } from './orders';
import { askRefund, queryRefund } from './refunds';
import { gatewayRefused, NO_TRADE, NO_TRANSFER, refused, type Reply } from './reply';
import type { AlipaySimulator } from './simulator';
import { askTransfer, queryTransfer } from './transfers';

/** Who calls: an application in a seller's name, and what it sent. */
interface Call {
  readonly params: Params;
  readonly sellerId: string;
  readonly biz: Biz;
  readonly origin: string;
}

type Method = (simulator: AlipaySimulator, call: Call) => Reply | Promise<Reply>;

const METHODS: Readonly<Record<string, Method>> = {
  'alipay.trade.precreate': (s, call) => precreate(s, orderOf(call)),
  'alipay.trade.query': (s, { sellerId, biz }) => queryTrade(s, sellerId, biz),
  'alipay.trade.close': (s, { sellerId, biz }) => closeTrade(s, sellerId, biz),
  'alipay.trade.refund': (s, { sellerId, biz }) => askRefund(s, sellerId, biz),
  'alipay.trade.fastpay.refund.query': (s, { sellerId, biz }) => queryRefund(s, sellerId, biz),
  'alipay.fund.trans.uni.transfer': (s, call) => askTransfer(s, orderOf(call)),
  'alipay.fund.trans.common.query': (s, { sellerId, biz }) => queryTransfer(s, sellerId, biz),
  'alipay.data.dataservice.bill.downloadurl.query': (s, { sellerId, biz, origin }) => nameBill(s, sellerId, biz, origin),
};

/** What a browser opens, and no server calls. */
const PAGE = 'alipay.trade.wap.pay';

const FIXED: Params = { format: 'JSON', charset: 'utf-8', sign_type: 'RSA2', version: '1.0' };

/** The gateway, and the files that it names. Every answer is signed but the gateway's own refusals of a caller whom it does not know. */
export function alipayRouter(simulator: AlipaySimulator): Router {
  const router = express.Router();
  router.use(rawBody);
  router.post('/gateway.do', async (req: Request, res: Response) => {
    const params = paramsOf(req);
    const call = judge(simulator, params, `${req.protocol}://${req.get('host')}${req.baseUrl}`);
    if ('code' in call) return answer(simulator, res, params, call as Reply, false);
    await serve(simulator, res, call as Call);
  });
  router.get('/gateway.do', async (req: Request, res: Response) => {
    const params = paramsOf(req);
    const call = judge(simulator, params, '');
    const reply = 'code' in call ? (call as Reply) : await openPage(simulator, orderOf(call as Call));
    await simulator.journal.settled();
    page(res, reply, params['return_url'] ?? '');
  });
  router.get('/bill', (req: Request, res: Response) => {
    const file = billFile(simulator, queryOf(req, 'token'));
    if (file === null) return void res.status(404).end();
    res.type('application/zip').send(file);
  });
  return router;
}

/** One call, and what a fault makes of it. */
async function serve(simulator: AlipaySimulator, res: Response, call: Call): Promise<void> {
  const { params, sellerId, biz } = call;
  const fault = await simulator.takeFault(sellerId, text(biz['out_request_no']) || text(biz['out_trade_no']) || text(biz['out_biz_no']));
  if (fault === 'drop-before') return void res.destroy();
  const isTransfer = params['method']?.startsWith('alipay.fund.') === true;
  if (fault === 'not-enough') return answer(simulator, res, params, refused('PAYER_BALANCE_NOT_ENOUGH', '付款方余额不足'));
  const reply = fault === 'not-found' ? (isTransfer ? NO_TRANSFER : NO_TRADE) : await METHODS[params['method'] ?? '']!(simulator, call);
  switch (fault) {
    case 'answer-lost':
      return void res.destroy();
    case '500-after-commit':
      return void res.status(500).send('<html>error</html>');
    case 'unavailable':
      return answer(simulator, res, params, gatewayRefused('20000', 'Service Currently Unavailable', 'isp.unknow-error'));
    case 'unknown-code':
      return answer(simulator, res, params, refused(isTransfer ? 'A_CODE_OF_TOMORROW' : 'ACQ.A_CODE_OF_TOMORROW', '明天的错误码'));
    case 'bad-signature':
      return answer(simulator, res, params, reply, true, true);
    default:
      return answer(simulator, res, params, reply);
  }
}

function orderOf({ params, sellerId, biz }: Call): OrderCall {
  return { sellerId, appId: params['app_id'] ?? '', biz, notifyUrl: params['notify_url'] ?? '' };
}

/** The page as a browser shows it; it is paid by the sandbox's controls. */
function page(res: Response, reply: Reply, backUrl: string): void {
  const words = reply['code'] === '10000' ? `待付款 ${reply['out_trade_no']}` : `${reply['sub_code']} ${reply['sub_msg']}`;
  const safe = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
  const back = /^https?:/.test(backUrl) ? `<p><a href="${safe(backUrl)}">返回商家</a></p>` : '';
  res
    .status(200)
    .type('text/html')
    .send(`<!doctype html><meta charset="utf-8"><title>支付宝（模拟）</title><p>${safe(words)}</p>${back}`);
}

/** The query and the form together, as the gateway takes them. */
function paramsOf(req: Request): Params {
  const { searchParams } = new URL(req.originalUrl, 'http://gateway');
  return Object.fromEntries([...searchParams, ...new URLSearchParams(bodyOf(req).toString('utf8'))]);
}

/** @param origin empty: a browser calls. @returns who calls, or the gateway's refusal: first the application, then the form, then the signature, then the seller. */
function judge(simulator: AlipaySimulator, params: Params, origin: string): Call | Reply {
  const invalid = (subCode: string): Reply => gatewayRefused('40002', 'Invalid Arguments', subCode);
  const key = simulator.keys.appKeys.get(params['app_id'] ?? '');
  if (key === undefined) return invalid('isv.invalid-app-id');
  if (origin === '' ? params['method'] !== PAGE : METHODS[params['method'] ?? ''] === undefined) return invalid('isv.invalid-method');
  if (!/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(params['timestamp'] ?? '')) return invalid('isv.invalid-timestamp');
  for (const [name, value] of Object.entries(FIXED)) if ((params[name] ?? value) !== value) return invalid(`isv.invalid-${name.replace('_', '-')}`);
  if (!isSignedBy(params, key)) return invalid('isv.invalid-signature');
  const sellerId = (params['app_auth_token'] ?? '').replace(/^sandbox-/, '');
  if (!simulator.state.sellers.has(sellerId)) return gatewayRefused('20001', 'Insufficient Token Permissions', 'aop.invalid-app-auth-token');
  try {
    return { params, sellerId, biz: JSON.parse(params['biz_content'] ?? '') as Biz, origin };
  } catch {
    return invalid('isv.illegal-json');
  }
}

async function answer(simulator: AlipaySimulator, res: Response, params: Params, reply: Reply, signs = true, spoilt = false): Promise<void> {
  const part = JSON.stringify(reply);
  const [sign] = await Promise.all([rsa2(spoilt ? `${part} ` : part, simulator.keys.gatewayKey), simulator.journal.settled()]);
  const name = `${(params['method'] ?? '').replaceAll('.', '_')}_response`;
  // The gateway says HTML and means JSON.
  res
    .status(200)
    .type('text/html')
    .end(`{"${name}":${part}${signs ? `,"sign":"${sign}"` : ''}}`);
}
