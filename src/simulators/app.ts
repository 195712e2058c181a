import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import express, { type Express } from 'express';
import { loadGatewayKeys } from './alipay/keys';
import { alipayRouter } from './alipay/router';
import { AlipaySimulator } from './alipay/simulator';
import { loadBankKeys } from './bank/keys';
import { bankRouter } from './bank/router';
import { BankSimulator } from './bank/simulator';
import { loadCmbKeys } from './cmb/keys';
import { cmbRouter } from './cmb/router';
import { simulatorKeysDir } from './keys';
import { sandboxRouter } from './sandbox/router';
import { Clocks, type Clocked } from './support/clocks';
import { lastErrorHandler } from './support/http';
import { Poster } from './support/poster';
import { WallDriver } from './support/wall';
import { tencentRouter } from './tencent/router';
import { TencentSimulator } from './tencent/simulator';
import { loadPlatformKeys } from './wechat/keys';
import { Quota } from './wechat/quota';
import { wechatRouter } from './wechat/router';
import { WechatSimulator } from './wechat/simulator';

export interface SimulatorsConfig {
  /** Folder of the journals and of `keys/`. */
  readonly stateDir: string;
  readonly sandboxToken: string;
  /** Refunds a second that the simulated WeChat Pay takes; 0: no limit. */
  readonly refundsPerSecond?: number;
  readonly onError: (error: unknown) => void;
}

export interface Simulators {
  readonly app: Express;
  /** Stops timers and callbacks and closes the journals. */
  close(): Promise<void>;
}

/** Opens every simulator from its journal and mounts them in one app: `/bank`, `/cmb`, `/wechat`, `/alipay`, `/tencent`, `/sandbox`, `/healthz`. */
export async function openSimulators(config: SimulatorsConfig): Promise<Simulators> {
  const { stateDir, onError, refundsPerSecond = 0 } = config;
  const refundQuota = refundsPerSecond > 0 ? new Quota(refundsPerSecond) : null;
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const keysDir = simulatorKeysDir(stateDir);
  const clocks = await Clocks.open(path.join(stateDir, 'clocks.jsonl'));
  const poster = new Poster();
  const clocked: Clocked[] = [];
  const wall = new WallDriver(() => clocked, onError);
  const shared = { stateDir, clocks, poster, onError, onWallChange: () => wall.arm() };
  const bank = await BankSimulator.open({ ...shared, keys: loadBankKeys(keysDir), cmbKeys: loadCmbKeys(keysDir) });
  const wechat = await WechatSimulator.open({ ...shared, keys: loadPlatformKeys(keysDir), bank, refundQuota });
  const alipay = await AlipaySimulator.open({ ...shared, keys: loadGatewayKeys(keysDir), bank });
  const tencent = await TencentSimulator.open(stateDir, keysDir);
  for (const each of [wechat, alipay, bank]) {
    clocked.push(each);
    clocks.add(each);
  }
  wall.arm();

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.get('/healthz', (_req, res) => void res.json({ status: 'ok' }));
  app.use('/bank', bankRouter(bank));
  app.use('/cmb', cmbRouter(bank));
  app.use('/wechat', wechatRouter(wechat));
  app.use('/alipay', alipayRouter(alipay));
  app.use('/tencent', tencentRouter(tencent));
  app.use('/sandbox', sandboxRouter({ token: config.sandboxToken, clocks, bank, wechat, alipay, tencent }));
  app.use(lastErrorHandler(onError));

  return {
    app,
    close: async () => {
      await Promise.all([poster.close(), bank.stop(), wechat.stop(), alipay.stop(), wall.close()]);
      await Promise.all([bank.close(), wechat.close(), alipay.close(), tencent.close(), clocks.close()]);
    },
  };
}
