import express, { type Router } from 'express';
import { z } from 'zod';
import { HttpError } from '../support/http';
import { payOrders } from '../wechat/payments';
import type { WechatSimulator } from '../wechat/simulator';
import { TRANSFER_FAULTS } from '../wechat/transferEvents';
import { confirmTransfer, topUp } from '../wechat/transfers';
import { accountNumberSchema, bankCodeSchema, bodyAs, clockIdSchema } from './body';

const merchantSchema = z.object({
  mchid: z.string().regex(/^\d{8,32}$/),
  appid: z.string().min(1).max(32),
  clockId: clockIdSchema,
  settlementAccountNumber: accountNumberSchema,
  settlementBankCode: bankCodeSchema,
});

const paymentsSchema = z.object({
  mchid: z.string(),
  outTradeNos: z.array(z.string()).max(100_000),
  fault: z.enum(['duplicate-callback', 'no-callback', 'amount-tampered', 'bad-signature']).optional(),
});

const transferFaultSchema = z.object({
  mchid: z.string(),
  outBillNo: z.string().min(1),
  name: z.enum(TRANSFER_FAULTS),
  times: z.int().min(1).max(100).default(1),
});

const fenText = z.string().regex(/^[1-9]\d{0,14}$/);
const billFaultSchema = z.object({
  mchid: z.string(),
  day: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
  omit: z.array(z.string()).default([]),
  alter: z.record(z.string(), fenText).default({}),
  add: z.array(z.object({ outTradeNo: z.string().min(1), fen: fenText })).default([]),
});

/** Merchants of the simulated WeChat Pay, and the donors who pay their orders. */
export function wechatRoutes(wechat: WechatSimulator): Router {
  const router = express.Router();
  router.post('/wechat/merchants', async (req, res) => {
    const terms = bodyAs(req, merchantSchema);
    await wechat.registerMerchant(terms);
    res.json(terms);
  });
  router.post('/wechat/payments', async (req, res) => {
    const { mchid, outTradeNos, fault } = bodyAs(req, paymentsSchema);
    if (!wechat.state.merchants.has(mchid)) throw new HttpError(404, 'no_merchant', `merchant ${mchid} is not registered`);
    res.json(await payOrders(wechat, mchid, outTradeNos, fault));
  });
  router.post('/wechat/dead-accounts', async (req, res) => {
    const { account } = bodyAs(req, z.object({ account: z.string().min(1) }));
    await wechat.journal.record({ type: 'account-died', account });
    res.json({ account });
  });
  router.post('/wechat/people', async (req, res) => {
    const person = bodyAs(req, z.object({ openid: z.string().min(1), name: z.string().min(1) }));
    await wechat.journal.record({ type: 'person-named', ...person });
    res.json(person);
  });
  router.post('/wechat/transfer-faults', async (req, res) => {
    const fault = bodyAs(req, transferFaultSchema);
    await wechat.journal.record({ type: 'transfer-fault', ...fault });
    res.json(fault);
  });
  router.post('/wechat/transfer-confirmations', async (req, res) => {
    const { mchid, outBillNo } = bodyAs(req, z.object({ mchid: z.string(), outBillNo: z.string() }));
    const state = await confirmTransfer(wechat, mchid, outBillNo);
    if (state === null) throw new HttpError(409, 'nothing_waits', `transfer ${outBillNo} waits for nobody`);
    res.json({ state });
  });
  router.post('/wechat/top-ups', async (req, res) => {
    const { mchid } = bodyAs(req, z.object({ mchid: z.string() }));
    res.json({ moved: await topUp(wechat, mchid) });
  });
  router.post('/wechat/bill-faults', async (req, res) => {
    const fault = bodyAs(req, billFaultSchema);
    if (!wechat.state.merchants.has(fault.mchid)) throw new HttpError(404, 'no_merchant', `merchant ${fault.mchid} is not registered`);
    await wechat.journal.record({ type: 'bill-fault', ...fault });
    res.json(fault);
  });
  return router;
}
