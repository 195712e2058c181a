import { timingSafeEqual } from 'node:crypto';
import express, { type NextFunction, type Request, type Response, type Router } from 'express';
import type { AlipaySimulator } from '../alipay/simulator';
import type { BankSimulator } from '../bank/simulator';
import type { Clocks } from '../support/clocks';
import { UnknownClock } from '../support/clocks';
import { HttpError } from '../support/http';
import type { TencentSimulator } from '../tencent/simulator';
import type { WechatSimulator } from '../wechat/simulator';
import { alipayRoutes } from './alipay';
import { bankRoutes } from './bank';
import { clockRoutes } from './clocks';
import { identityRoutes } from './identities';
import { wechatRoutes } from './wechat';

export interface SandboxParts {
  readonly token: string;
  readonly clocks: Clocks;
  readonly bank: BankSimulator;
  readonly wechat: WechatSimulator;
  readonly alipay: AlipaySimulator;
  readonly tencent: TencentSimulator;
}

/** The sandbox's controls: clocks, people, accounts, donors and faults. Header `X-Sandbox-Token`. */
export function sandboxRouter(parts: SandboxParts): Router {
  const router = express.Router();
  router.use((req: Request, _res: Response, next: NextFunction) => {
    if (!sameToken(req.get('X-Sandbox-Token') ?? '', parts.token)) throw new HttpError(401, 'token', 'X-Sandbox-Token is missing or wrong');
    next();
  });
  router.use(express.json({ limit: '16mb' }));
  router.use(clockRoutes(parts.clocks), bankRoutes(parts.bank), identityRoutes(parts.tencent));
  router.use(wechatRoutes(parts.wechat), alipayRoutes(parts.alipay));
  router.use((req: Request) => {
    throw new HttpError(404, 'no_control', `${req.method} ${req.path} is no control of the sandbox`);
  });
  router.use((error: unknown, _req: Request, _res: Response, next: NextFunction) => {
    next(error instanceof UnknownClock ? new HttpError(404, 'no_clock', error.message) : error);
  });
  return router;
}

function sameToken(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
