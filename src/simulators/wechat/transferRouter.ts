import express, { type Request, type Response, type Router } from 'express';
import { bodyOf, paramOf } from '../support/http';
import { answer, authenticated } from './answering';
import type { Reply } from './orders';
import type { WechatSimulator } from './simulator';
import type { TransferFaultName } from './transferEvents';
import { askTransfer, cancelTransfer, showTransfer } from './transfers';

const UNDONE: Partial<Record<TransferFaultName, Reply>> = {
  '429': { status: 429, body: { code: 'FREQUENCY_LIMITED', message: '频率超限' } },
  'not-found': { status: 404, body: { code: 'NOT_FOUND', message: '记录不存在' } },
  'not-enough': { status: 403, body: { code: 'NOT_ENOUGH', message: '资金不足' } },
};

type Work = (mchid: string, outBillNo: string, req: Request, isStuck: boolean) => Reply | Promise<Reply>;

/** A merchant's transfers to people, and what goes wrong with them. */
export function transferRouter(simulator: WechatSimulator): Router {
  const router = express.Router();
  const serve = (numberOf: (req: Request) => string, work: Work) => async (req: Request, res: Response) => {
    let fault: TransferFaultName | null = null;
    const reply = await authenticated(simulator, req, async (mchid) => {
      fault = await simulator.takeTransferFault(mchid, numberOf(req));
      if (fault === 'drop-before') return { status: 500, body: null };
      return (fault !== null && UNDONE[fault]) || work(mchid, numberOf(req), req, fault === 'stuck');
    });
    await spoil(simulator, res, reply, fault);
  };
  router.post(
    '/',
    serve(numberIn, (mchid, _number, req, isStuck) => askTransfer(simulator, mchid, bodyOf(req), req.get('wechatpay-serial') ?? '', isStuck)),
  );
  const byPath = (req: Request): string => paramOf(req, 'number');
  router.get(
    '/out-bill-no/:number',
    serve(byPath, (mchid, number) => showTransfer(simulator, mchid, number)),
  );
  router.post(
    '/out-bill-no/:number/cancel',
    serve(byPath, (mchid, number) => cancelTransfer(simulator, mchid, number)),
  );
  return router;
}

async function spoil(simulator: WechatSimulator, res: Response, reply: Reply, fault: TransferFaultName | null): Promise<void> {
  switch (fault) {
    case 'drop-before':
    case 'answer-lost':
      return void res.destroy();
    case '500-after-commit':
      return answer(simulator, res, { status: 500, body: { code: 'SYSTEM_ERROR', message: '系统错误' } });
    case 'unknown-code':
      return answer(simulator, res, { status: 400, body: { code: 'A_CODE_OF_TOMORROW', message: '明天的错误码' } });
    default:
      return answer(simulator, res, reply, fault === 'bad-signature');
  }
}

/** @returns the transfer's number in a request's body; empty where there is none. */
function numberIn(req: Request): string {
  try {
    const { out_bill_no: number } = JSON.parse(bodyOf(req).toString('utf8')) as Record<string, unknown>;
    return typeof number === 'string' ? number : '';
  } catch {
    return '';
  }
}
