import { generateKeyPairSync } from 'node:crypto';
import type { Institution, Rights, Tenant } from './answers';
import type { Api } from './api';
import type { CaseFile } from './caseFile';
import { gatherCast } from './cast';
import { newDocument } from './documents';
import { PlayFailure } from './failure';
import { setHistory } from './history';
import { scriptFaults } from './faults';
import type { Progress } from './progress';
import { Staff } from './staff';
import { startTime } from './startTime';
import { RealClock, TestClock } from './storyClock';
import type { Story } from './story';
import { diagnosis, submitCampaign } from './submission';

/** `tenant`: where the story takes place, if not in a sandbox tenant of its own. */
export type Setting = {
  api: Api;
  sandboxKey: string;
  progress: Progress;
  realTimersSpeed?: number;
  alipayPercent?: number;
  tenant?: Tenant;
};

const noFees = { service_bp: 0, service_cap_fen: '0', channel_bp: 0 };

function tenantBody({ platform, fees = noFees, edition }: CaseFile, speed?: number) {
  const schedule = { serviceBp: fees.service_bp, serviceCapFen: fees.service_cap_fen, channelBp: fees.channel_bp };
  if (speed !== undefined) return { platform, fees: schedule, clockStartsAt: null, windowSpeed: speed };
  return { platform, fees: schedule, clockStartsAt: startTime(edition) };
}

/** What seeker and sponsor are shown on the story's first day. */
export async function rightsOn(api: Api, now: string): Promise<Rights> {
  const day = new Date(Date.parse(now) + 8 * 3_600_000).toISOString().slice(0, 10);
  const { consents } = await api.as('').get<{ consents: { party: keyof Rights; version: number }[] }>(`/v1/public/consents?on=${day}`);
  return Object.fromEntries(consents.map(({ party, version }) => [party, version])) as Rights;
}

/**
 * Sets the stage: a sandbox tenant, a hospital, new people, the simulators' script; then the campaign is submitted.
 * @returns the story at its beginning
 * @throws {PlayFailure} when the running system cannot play the case
 */
export async function setStage(theCase: CaseFile, setting: Setting): Promise<Story> {
  const { api, sandboxKey, progress, realTimersSpeed, alipayPercent } = setting;
  const sandbox = api.as(sandboxKey);
  const tenant = setting.tenant ?? (await sandbox.post<Tenant>('/v1/sandbox/tenants', tenantBody(theCase, realTimersSpeed)));
  const { tenantId, clockId } = tenant;
  const receiptKeys = generateKeyPairSync('ed25519');
  const receiptPublicKeyPem = receiptKeys.publicKey.export({ type: 'spki', format: 'pem' });
  const institution = await sandbox.post<Institution>('/v1/sandbox/institutions', {
    tenantId,
    ...theCase.hospital,
    diagnosisCode: diagnosis.code,
    receiptPublicKeyPem,
  });
  const cast = await gatherCast(theCase, sandbox, tenant, institution);
  await setHistory(sandbox, tenant, theCase, cast, institution);
  await scriptFaults(sandbox, tenantId, theCase);
  const documents = new Map(theCase.documents.map((kind) => [kind, newDocument()]));
  const platform = api.as(tenant.platformKey);
  const campaign = await submitCampaign(theCase, platform, cast, institution, documents, await rightsOn(api, tenant.now));
  // On real timers the edition is that of today: only a test clock can go back to the case's own.
  if (realTimersSpeed === undefined && campaign.edition !== theCase.edition) {
    throw new PlayFailure(3, `The case needs ${theCase.edition}, and the running system pinned the campaign to ${campaign.edition}.`);
  }
  progress.say(`${theCase.case}: campaign ${campaign.id} of tenant ${tenantId}, ${campaign.edition}, clock at ${tenant.now}`);
  return {
    theCase,
    api,
    alipayPercent,
    clock: clockId === null ? new RealClock(realTimersSpeed ?? 1) : new TestClock(sandbox, clockId, tenant.now),
    progress,
    tenant,
    sandbox,
    platform,
    staff: new Staff(api, tenant.logins),
    hospital: { institution, receiptKey: receiptKeys.privateKey },
    account: cast.account,
    documents,
    campaignId: campaign.id,
    done: new Set(),
  };
}
