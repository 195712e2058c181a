import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Institution, Login, Tenant } from '../play/answers';
import type { Api } from '../play/api';
import type { CaseFile } from '../play/caseFile';
import { gatherCast } from '../play/cast';
import { newDocument } from '../play/documents';
import { setHistory } from '../play/history';
import type { Progress } from '../play/progress';
import { rightsOn } from '../play/setting';
import { Staff } from '../play/staff';
import type { Story } from '../play/story';
import { TestClock } from '../play/storyClock';
import { submitCampaign } from '../play/submission';
import { drawGivers } from './chance';
import type { Scene } from './scenes';
import { illnessOf, wordsOf } from './words';

/** A demonstration's platform: a sandbox tenant with everybody's log-in. */
export interface DemoTenant extends Omit<Tenant, 'clockId' | 'logins'> {
  readonly clockId: string;
  readonly logins: Tenant['logins'] & { readonly auditor: Login; readonly administrator: Login };
}

interface Hospital {
  readonly institution: Institution;
  readonly receiptKey: KeyObject;
}

/** What every campaign of the demonstration has, unless its scene says otherwise: a child of eight, brought by a parent, with all its papers. */
const ORDINARY: Omit<CaseFile, 'case'> = {
  edition: 'measures-2024',
  platform: 'water-drop',
  ask_fen: '20000000',
  sponsor: { relation: 'parent', real_name: 'match' },
  patient: { real_name: 'match', age: 8 },
  payee: { kind: 'parent' },
  hospital: { registered: true, qualified: true, whitelisted: true },
  documents: ['id-cards', 'relation-proof', 'diagnosis', 'admission-record', 'medical-plan', 'expense-list', 'receipts'],
  published: 'all',
  donations: { count: 0, total_fen: '0', over_hours: 60 },
  release: { wish: 'single' },
  hospital_receipt: 'confirm',
  expect: {},
};
const ASKS_YUAN = [80_000, 120_000, 150_000, 200_000, 300_000, 500_000];

/** Makes a platform for the demonstration, 3 % of what is withdrawn and at most ¥5,000 beside 0.6 % for the channel. @param startsAt its clock's first moment */
export function demoTenant(api: Api, sandboxKey: string, startsAt: Date): Promise<DemoTenant> {
  const fees = { serviceBp: 300, serviceCapFen: '500000', channelBp: 60 };
  return api.as(sandboxKey).post<DemoTenant>('/v1/sandbox/tenants', { platform: 'water-drop', fees, clockStartsAt: startsAt.toISOString() });
}

/** The demonstration's platform while it is being seeded. */
export class DemoHouse {
  readonly clock: TestClock;
  private readonly staff: Staff;
  private readonly hospitals = new Map<string, Promise<Hospital>>();

  constructor(
    private readonly api: Api,
    private readonly sandboxKey: string,
    readonly tenant: DemoTenant,
    private readonly progress: Progress,
  ) {
    this.clock = new TestClock(api.as(sandboxKey), tenant.clockId, tenant.now);
    this.staff = new Staff(api, tenant.logins);
  }

  /** Submits the nth campaign. @returns its story at its beginning. */
  async enter(scene: Scene, nth: number): Promise<Story> {
    const { api, tenant, clock, progress, staff } = this;
    const sandbox = api.as(this.sandboxKey);
    const platform = api.as(tenant.platformKey);
    const theCase = this.caseOf(scene, nth);
    const hospital = await this.hospital(illnessOf(nth).code);
    const now = { ...tenant, now: new Date(clock.nowMs).toISOString() };
    const cast = await gatherCast(theCase, sandbox, now, hospital.institution);
    await setHistory(sandbox, tenant, theCase, cast, hospital.institution);
    const documents = new Map(theCase.documents.map((kind) => [kind, newDocument()]));
    const rights = await rightsOn(api, now.now);
    const campaign = await submitCampaign(theCase, platform, cast, hospital.institution, documents, rights, wordsOf(nth));
    const { account } = cast;
    const done = new Set<string>();
    return { theCase, api, clock, progress, tenant, sandbox, platform, staff, hospital, account, documents, campaignId: campaign.id, done };
  }

  /** @returns the log-in of a hospital's cashier, by the illness that it treats. */
  async cashier(nth: number): Promise<Login> {
    return (await this.hospital(illnessOf(nth).code)).institution.hospitalLogin!;
  }

  private caseOf(scene: Scene, nth: number): CaseFile {
    const { age } = illnessOf(nth);
    const patient = { real_name: 'match', age } as const;
    const ask_fen = `${ASKS_YUAN[nth % ASKS_YUAN.length]}00`;
    const count = scene.givers ?? drawGivers(nth + 7);
    const donations = { ...ORDINARY.donations, count };
    return { ...ORDINARY, case: `demonstration-${nth + 1}`, patient, ask_fen, donations, ...scene.is };
  }

  private hospital(diagnosisCode: string): Promise<Hospital> {
    const known = this.hospitals.get(diagnosisCode);
    if (known) return known;
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const made = this.api
      .as(this.sandboxKey)
      .post<Institution>('/v1/sandbox/institutions', {
        tenantId: this.tenant.tenantId,
        ...ORDINARY.hospital,
        diagnosisCode,
        receiptPublicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }),
      })
      .then((institution) => ({ institution, receiptKey: privateKey }));
    this.hospitals.set(diagnosisCode, made);
    return made;
  }
}
