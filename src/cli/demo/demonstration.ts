import { existsSync } from 'node:fs';
import path from 'node:path';
import { readCredentials, writeCredentials } from '../../seed';
import { checkoutRoot, statePaths } from '../../paths';
import { readCase } from '../play/validate';
import { bringTo } from './stages';

/** The demonstration's case; its gifts are few, so that a first start stays quick. */
export function demoCase(gifts: number) {
  const theCase = readCase(path.join(checkoutRoot(), 'cases', 'demo.json'));
  return { ...theCase, donations: { ...theCase.donations, count: gifts } };
}

/**
 * Seeds a small demonstration through the public API, once: a campaign that is raising, one whose payment waits for its checkers, one whose money waits
 * for the hospital's signature. Addresses and log-ins are added to the credentials.
 */
export async function seedDemonstration(env: Record<string, string | undefined>): Promise<void> {
  const { credentialsFile } = statePaths(env.ALMONER_STATE);
  if (!existsSync(credentialsFile)) return;
  const credentials = readCredentials(credentialsFile);
  if (credentials.demonstration) return;
  const url = `http://127.0.0.1:${env.PORT}`;
  const system = { url, sandboxKey: credentials.sandboxKey };
  const raising = await bringTo(demoCase(60), system, (c) => c.phase === 'fundraising' && BigInt(c.money.raisedFen) > 0n);
  const checking = await bringTo(demoCase(40), system, (c) =>
    c.releases.some((r) => r.stage === 'approval' && c.payeeAccount?.status === 'accepted'),
  );
  const signing = await bringTo(demoCase(40), system, (c) => c.releases.some((r) => r.stage === 'receipt'));
  const release = checking.campaign.releases.find((r) => r.stage === 'approval');
  writeCredentials(credentialsFile, {
    ...credentials,
    demonstration: {
      raising: { page: `${url}/c/${raising.campaignId}` },
      waitsForCheckers: {
        page: `${url}/approvals/${release?.id}`,
        maker: checking.logins.maker,
        checkerA: checking.logins.checkerA,
        checkerB: checking.logins.checkerB,
      },
      waitsForHospital: { page: `${url}/hospital`, hospital: signing.hospitalLogin, campaign: `${url}/c/${signing.campaignId}` },
    },
  });
}
