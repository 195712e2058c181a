import express, { type Router } from 'express';
import { z } from 'zod';
import { CALL_FAULTS } from '../alipay/events';
import { scan } from '../alipay/orders';
import { payOrders } from '../alipay/payments';
import type { AlipaySimulator } from '../alipay/simulator';
import { giveBack } from '../alipay/transfers';
import { HttpError } from '../support/http';
import { accountNumberSchema, bankCodeSchema, bodyAs, clockIdSchema } from './body';

const sellerSchema = z.object({
  sellerId: z.string().regex(/^2088\d{12}$/),
  clockId: clockIdSchema,
  settlementAccountNumber: accountNumberSchema,
  settlementBankCode: bankCodeSchema,
});

const paymentsSchema = z.object({
  sellerId: z.string(),
  outTradeNos: z.array(z.string()).max(100_000),
  fault: z.enum(['duplicate-callback', 'no-callback', 'amount-tampered', 'seller-tampered', 'bad-signature']).optional(),
});

const scanSchema = z.object({ sellerId: z.string(), outTradeNo: z.string() });
const callFaultSchema = z.object({
  sellerId: z.string(),
  id: z.string().min(1),
  name: z.enum(CALL_FAULTS),
  times: z.int().min(1).max(100).default(1),
});

const fenText = z.string().regex(/^[1-9]\d{0,14}$/);
const billFaultSchema = z.object({
  sellerId: z.string(),
  day: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
  omit: z.array(z.string()).default([]),
  alter: z.record(z.string(), fenText).default({}),
  add: z.array(z.object({ outTradeNo: z.string().min(1), fen: fenText })).default([]),
});

/** Sellers of the simulated Alipay, the buyers who scan and pay their codes, and what goes wrong. */
export function alipayRoutes(alipay: AlipaySimulator): Router {
  const router = express.Router();
  const known = ({ sellerId }: { readonly sellerId: string }): void => {
    if (!alipay.state.sellers.has(sellerId)) throw new HttpError(404, 'no_seller', `seller ${sellerId} is not registered`);
  };
  router.post('/alipay/sellers', async (req, res) => {
    const terms = bodyAs(req, sellerSchema);
    await alipay.registerSeller(terms);
    res.json(terms);
  });
  router.post('/alipay/scans', async (req, res) => {
    const { sellerId, outTradeNo } = bodyAs(req, scanSchema);
    const trade = alipay.state.trades.get(`${sellerId}/${outTradeNo}`);
    if (trade === undefined) throw new HttpError(404, 'no_order', `there is no code of ${outTradeNo}`);
    await scan(alipay, trade);
    res.json({ state: trade.state });
  });
  router.post('/alipay/payments', async (req, res) => {
    const asked = bodyAs(req, paymentsSchema);
    known(asked);
    res.json(await payOrders(alipay, asked.sellerId, asked.outTradeNos, asked.fault));
  });
  router.post('/alipay/faults', async (req, res) => {
    const fault = bodyAs(req, callFaultSchema);
    known(fault);
    await alipay.journal.record({ type: 'call-fault', ...fault });
    res.json(fault);
  });
  router.post('/alipay/people', async (req, res) => {
    const person = bodyAs(req, z.object({ identity: z.string().min(1), name: z.string().min(1) }));
    await alipay.journal.record({ type: 'person-named', ...person });
    res.json(person);
  });
  router.post('/alipay/dead-accounts', async (req, res) => {
    const account = bodyAs(req, z.object({ identity: z.string().min(1) }));
    await alipay.journal.record({ type: 'account-died', ...account });
    res.json(account);
  });
  router.post('/alipay/transfer-returns', async (req, res) => {
    const { sellerId, outBizNo } = bodyAs(req, z.object({ sellerId: z.string(), outBizNo: z.string() }));
    if (!(await giveBack(alipay, sellerId, outBizNo))) throw new HttpError(409, 'not_paid', `transfer ${outBizNo} has not arrived`);
    res.json({ outBizNo });
  });
  router.post('/alipay/bill-faults', async (req, res) => {
    const fault = bodyAs(req, billFaultSchema);
    known(fault);
    await alipay.journal.record({ type: 'bill-fault', ...fault });
    res.json(fault);
  });
  return router;
}
