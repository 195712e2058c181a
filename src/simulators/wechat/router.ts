import express, { type Request, type Response, type Router } from 'express';
import { bodyOf, paramOf, queryOf, rawBody } from '../support/http';
import { answer, authenticated } from './answering';
import { billFile, nameBill } from './bills';
import { nameCard } from './cardRefunds';
import { judgeRequest } from './crypto';
import { placeOrder, type Reply } from './orders';
import { askRefund } from './refunds';
import type { WechatSimulator } from './simulator';
import { key } from './state';
import { transferRouter } from './transferRouter';
import { refundView, transactionView } from './views';

const NO_ORDER: Reply = { status: 404, body: { code: 'ORDER_NOT_EXIST', message: '订单不存在' } };
const NO_REFUND: Reply = { status: 404, body: { code: 'RESOURCE_NOT_EXISTS', message: '退款单不存在' } };

/** The APIv3 paths that Almoner uses. Every answer is signed, refusals too. */
export function wechatRouter(simulator: WechatSimulator): Router {
  const router = express.Router();
  router.use(rawBody);
  const handle = (work: (mchid: string, req: Request) => Promise<Reply>) => async (req: Request, res: Response) => {
    await answer(simulator, res, await authenticated(simulator, req, work));
  };
  for (const [path, type] of Object.entries({ native: 'NATIVE', jsapi: 'JSAPI' } as const))
    router.post(
      `/v3/pay/transactions/${path}`,
      handle((mchid, req) => placeOrder(simulator, mchid, bodyOf(req), type)),
    );
  router.get(
    '/v3/pay/transactions/out-trade-no/:number',
    handle(async (mchid, req) => {
      const order = simulator.state.orders.get(key(mchid, paramOf(req, 'number')));
      if (queryOf(req, 'mchid') !== mchid) return { status: 400, body: { code: 'PARAM_ERROR', message: 'mchid 与签名商户号不一致' } };
      return order === undefined ? NO_ORDER : { status: 200, body: transactionView(order) };
    }),
  );
  router.post(
    '/v3/pay/transactions/out-trade-no/:number/close',
    handle(async (mchid, req) => {
      const order = simulator.state.orders.get(key(mchid, paramOf(req, 'number')));
      if (order === undefined) return NO_ORDER;
      if (order.paidAtMs !== undefined) return { status: 400, body: { code: 'ORDERPAID', message: '订单已支付' } };
      if (order.state === 'NOTPAY') await simulator.journal.record({ type: 'closed', mchid, outTradeNo: order.terms.outTradeNo });
      return { status: 204, body: null };
    }),
  );
  router.post(
    '/v3/refund/domestic/refunds',
    handle((mchid, req) => askRefund(simulator, mchid, bodyOf(req))),
  );
  router.get(
    '/v3/refund/domestic/refunds/:number',
    handle(async (mchid, req) => {
      const refund = simulator.state.refunds.get(key(mchid, paramOf(req, 'number')));
      return refund === undefined ? NO_REFUND : { status: 200, body: refundView(refund) };
    }),
  );
  router.post(
    '/v3/refund/domestic/refunds/:id/apply-abnormal-refund',
    handle((mchid, req) => nameCard(simulator, mchid, paramOf(req, 'id'), req.get('wechatpay-serial') ?? '', bodyOf(req))),
  );
  router.get(
    '/v3/bill/tradebill',
    handle(async (mchid, req) =>
      nameBill(simulator, mchid, queryOf(req, 'bill_date'), queryOf(req, 'bill_type') || 'ALL', `${req.protocol}://${req.get('host')}${req.baseUrl}`),
    ),
  );
  router.use('/v3/fund-app/mch-transfer/transfer-bills', transferRouter(simulator));
  // Files are not signed: their hash came in a signed answer.
  router.get('/v3/billdownload/file', async (req: Request, res: Response) => {
    const caller = judgeRequest(simulator.keys, req.method, req.originalUrl, req.get('authorization'), bodyOf(req));
    const file = 'refused' in caller ? null : billFile(simulator, caller.mchid, queryOf(req, 'token'));
    if (file === null) return void res.status('refused' in caller ? 401 : 404).json({ code: 'NOT_FOUND', message: '文件不存在' });
    res.type('text/plain').send(file);
  });
  router.use((_req: Request, res: Response) => answer(simulator, res, { status: 404, body: { code: 'NOT_FOUND', message: '接口不存在' } }));
  return router;
}
