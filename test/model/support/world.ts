import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { ClockState, Institution, Tenant } from '../../../src/cli/play/answers';
import { type Api, type Caller, Problem } from '../../../src/cli/play/api';
import type { CaseFile } from '../../../src/cli/play/caseFile';
import { type Cast, gatherCast } from '../../../src/cli/play/cast';
import { newDocument } from '../../../src/cli/play/documents';
import { setHistory } from '../../../src/cli/play/history';
import { type Account, newAccount } from '../../../src/cli/play/persons';
import { rightsOn } from '../../../src/cli/play/setting';
import { Staff } from '../../../src/cli/play/staff';
import { startTime } from '../../../src/cli/play/startTime';
import { diagnosis, submitCampaign } from '../../../src/cli/play/submission';
import { Memory } from './memory';
import { type BankEntryView, type CampaignView, type Look, stateOf } from './views';

const STAFF = ['reviewer', 'operator', 'maker', 'checkerA', 'checkerB'] as const;
/** Everybody who may try: the strangers belong to another platform, nobody has no key. */
export const ACTORS = ['platform', ...STAFF, 'hospital', 'public', 'stranger', 'strange-reviewer', 'strange-operator'] as const;
export type ActorName = (typeof ACTORS)[number];
export type Request = { readonly method: 'GET' | 'POST' | 'PUT'; readonly path: string; readonly body?: unknown };
export type Answer = { readonly status: number; readonly body: Record<string, unknown>; readonly said: string };

const NO_FEES = { service_bp: 0, service_cap_fen: '0', channel_bp: 0 };

/** One raise: what the walk remembers of it, and how it looked last. */
export type Raise = { readonly id: string; readonly memory: Memory; readonly cast: Cast; look: Look };

/** A sandbox tenant of the running system with its people, its clock, and the raises of one patient. */
export class World {
  readonly raises: Raise[] = [];
  nowMs: number;

  private constructor(
    readonly api: Api,
    readonly sandbox: Caller,
    readonly tenant: Tenant,
    readonly institution: Institution,
    readonly receiptKey: KeyObject,
    readonly staff: Staff,
    private readonly stranger: World | null,
  ) {
    this.nowMs = Date.parse(tenant.now);
  }

  /** @param stranger another platform, whose people try what is not theirs. */
  static async begin(api: Api, sandboxKey: string, theCase: CaseFile, stranger: World | null): Promise<World> {
    const sandbox = api.as(sandboxKey);
    const { service_bp, service_cap_fen, channel_bp } = theCase.fees ?? NO_FEES;
    const tenant = await sandbox.post<Tenant>('/v1/sandbox/tenants', {
      platform: theCase.platform,
      fees: { serviceBp: service_bp, serviceCapFen: service_cap_fen, channelBp: channel_bp },
      clockStartsAt: startTime(theCase.edition),
    });
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const institution = await sandbox.post<Institution>('/v1/sandbox/institutions', {
      tenantId: tenant.tenantId,
      ...theCase.hospital,
      diagnosisCode: diagnosis.code,
      receiptPublicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }),
    });
    return new World(api, sandbox, tenant, institution, privateKey, new Staff(api, tenant.logins), stranger);
  }

  /** The sponsor submits; a second raise is for the same patient. */
  async submit(theCase: CaseFile): Promise<Raise> {
    const first = this.raises[0];
    const fresh = await gatherCast(theCase, this.sandbox, this.tenant, this.institution);
    const cast = first ? await this.#forTheSame(first.cast.patient, fresh, theCase.payee.kind) : fresh;
    if (!first) await setHistory(this.sandbox, this.tenant, theCase, cast, this.institution);
    const documents = new Map(theCase.documents.map((kind) => [kind, newDocument()]));
    const { id } = await submitCampaign(
      theCase,
      this.api.as(this.tenant.platformKey),
      cast,
      this.institution,
      documents,
      await rightsOn(this.api, this.tenant.now),
    );
    await this.advance(0);
    const raise = { id, memory: new Memory(theCase, documents, cast.account?.name ?? this.institution.name), cast, look: await this.look(id) };
    this.raises.push(raise);
    return raise;
  }

  async #forTheSame(patient: Cast['patient'], fresh: Cast, payeeKind: string): Promise<Cast> {
    if (payeeKind !== 'seeker') return { ...fresh, patient };
    const account = newAccount(patient.name);
    await this.atTheBank(account);
    return { ...fresh, patient, payee: patient, account };
  }

  /** Moves business time on, and lets everything that falls due happen. */
  async advance(hours: number): Promise<void> {
    const to = new Date(this.nowMs + hours * 3_600_000).toISOString();
    const { now } = await this.sandbox.post<ClockState>(`/v1/sandbox/clocks/${this.tenant.clockId}/advance`, { to });
    this.nowMs = Date.parse(now);
  }

  /** Makes an account exist at the simulated bank; null makes none. */
  async atTheBank(account: Account | null): Promise<void> {
    if (account) await this.sandbox.put('/v1/sandbox/bank-accounts', { tenantId: this.tenant.tenantId, ...account });
  }

  async look(id: string): Promise<Look> {
    const [campaign, page, { entries }] = await Promise.all([
      this.api.as(this.tenant.platformKey).get<CampaignView>(`/v1/campaigns/${id}`),
      this.send('public', { method: 'GET', path: `/v1/public/campaigns/${id}` }),
      this.sandbox.get<{ entries: BankEntryView[] }>(`/v1/sandbox/bank-entries?tenantId=${this.tenant.tenantId}`),
    ]);
    return { campaign, isPublic: page.status === 200, publicText: JSON.stringify(page.body), bank: entries };
  }

  /** Lets everything settle that is due now, until two looks agree. */
  async settle(raise: Raise): Promise<Look> {
    let look = await this.look(raise.id);
    for (let i = 0; i < 20; i += 1) {
      await this.advance(0);
      const again = await this.look(raise.id);
      if (stateOf(look) === stateOf(again)) return again;
      look = again;
    }
    return look;
  }

  /** Sends a request as somebody. A problem is an answer too. */
  async send(actor: ActorName, { method, path, body }: Request): Promise<Answer> {
    const caller = await this.#caller(actor);
    try {
      if (path.endsWith('/approval/signatures'))
        body = { ...(body as object), stepUp: await this.#stepUp(actor, (body as { digest: string }).digest) };
      const answer = method === 'GET' ? await caller.get(path) : method === 'PUT' ? await caller.put(path, body) : await caller.postOnce(path, body);
      return { status: 200, body: (answer ?? {}) as Record<string, unknown>, said: '' };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return { status: error.status, body: {}, said: error.message };
    }
  }

  /** Who signs shows once more that it is them; who may not has nothing to show. */
  async #stepUp(actor: ActorName, digest: string): Promise<string> {
    return actor === 'checkerA' || actor === 'checkerB' ? this.staff.stepUp(actor, digest) : 'none';
  }

  async #caller(actor: ActorName): Promise<Caller> {
    if (actor === 'platform') return this.api.as(this.tenant.platformKey);
    if (actor === 'public') return this.api.as('');
    if (actor === 'hospital') return this.api.as(this.institution.hospitalKey ?? 'none');
    if (actor === 'stranger') return this.#strange.#caller('platform');
    if (actor === 'strange-reviewer') return this.#strange.#caller('reviewer');
    if (actor === 'strange-operator') return this.#strange.#caller('operator');
    return this.staff.as(actor);
  }

  get #strange(): World {
    if (!this.stranger) throw new Error('The stranger has no strangers');
    return this.stranger;
  }
}
