import { verify } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RunningSystem } from '../../../../src/cli/play/system';
import { FakeCampaign, type FakeRelease, type Script } from './fakeCampaign';

/** The fields that a play sends and this server or a test reads; each route has its own few. */
type Body = {
  [field in 'login' | 'to' | 'resolution' | 'decision' | 'askFen' | 'mode' | 'digest' | 'outcome' | 'amountFen' | 'signedAt' | 'signature']: string;
} & {
  receiptPublicKeyPem: string;
  registered: boolean;
  payee: { kind: string };
  reason?: string;
  gifts: { amountFen: string }[];
  giftIds: string[];
} & {
  batches?: { basisPoints: number }[];
  party: string;
  planSha256: string;
};
type Answer = { status?: number; body?: unknown };
export type Call = { who: string; method: string; path: string; body: Body; key: string | undefined };
type Route = [method: string, path: RegExp, answer: (call: Call, id: string) => Answer];

const problem = (status: number, code: string): Answer => ({ status, body: { code, title: code, status } });

/** An HTTP server with the routes that a play uses, around one scripted campaign. */
export class FakeSystem {
  readonly calls: Call[] = [];
  campaign: FakeCampaign | null = null;
  private receiptPublicKeyPem = '';
  private readonly gifts = new Map<string, bigint>();
  private readonly server = createServer((request, response) => void this.serve(request, response));

  constructor(
    private readonly script: Script = {},
    private readonly paths: string[] = [],
  ) {}

  async listen(): Promise<RunningSystem> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return { url: `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`, sandboxKey: 'sandbox' };
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** @returns the bodies sent to that route, in order. */
  bodies(method: string, path: RegExp): Body[] {
    return this.calls.filter((call) => call.method === method && path.test(call.path)).map(({ body }) => body);
  }

  private get story(): FakeCampaign {
    if (!this.campaign) throw new Error('no campaign was submitted yet');
    return this.campaign;
  }

  private release(id: string): FakeRelease {
    return this.story.releases.find((release) => release.id === id) as FakeRelease;
  }

  private readonly routes: Route[] = [
    ['GET', /^\/v1\/openapi.json$/, () => ({ body: { paths: Object.fromEntries(this.paths.map((path) => [path, {}])) } })],
    [
      'GET',
      /^\/v1\/public\/consents\?on=[\d-]{10}$/,
      () => ({ body: { consents: ['seeker', 'sponsor', 'donor'].map((party) => ({ party, version: 1 })) } }),
    ],
    ['POST', /^\/v1\/sandbox\/tenants$/, () => this.tenant()],
    ['POST', /^\/v1\/sandbox\/institutions$/, ({ body }) => this.institution(body)],
    ['PUT', /^\/v1\/sandbox\/(?:identities|bank-accounts)$/, () => ({ status: 204 })],
    ['POST', /^\/v1\/sandbox\/(?:listings|earlier-raises)$/, () => ({ status: 201, body: { id: 'x1' } })],
    ['POST', /^\/v1\/sandbox\/(?:bank|worker)-faults$/, () => ({ status: 204 })],
    ['POST', /^\/v1\/sessions$/, ({ body }) => ({ status: 201, body: { token: body.login } })],
    ['POST', /^\/v1\/campaigns$/, ({ body }) => this.submit(body)],
    ['GET', /^\/v1\/campaigns\/c1$/, () => this.look()],
    ['POST', /^\/v1\/sandbox\/clocks\/k1\/advance$/, ({ body }) => this.advance(Date.parse(body.to))],
    ['POST', /^\/v1\/campaigns\/c1\/identity-resolutions$/, ({ body }) => this.did(() => (this.story.resolution = body.resolution))],
    ['POST', /^\/v1\/campaigns\/c1\/decision$/, ({ body }) => this.did(() => (this.story.decision = { decision: body.decision }))],
    ['POST', /^\/v1\/campaigns\/c1\/close$/, () => this.closeRaise()],
    ['POST', /^\/v1\/campaigns\/c1\/gifts$/, ({ body }) => this.order(body)],
    ['POST', /^\/v1\/sandbox\/payments$/, ({ body }) => this.pay(body)],
    ['PUT', /^\/v1\/campaigns\/c1\/payee-account$/, () => this.did(() => this.story.fileAccount())],
    ['POST', /^\/v1\/campaigns\/c1\/payee-account\/acceptance$/, () => this.did(() => this.accept())],
    ['POST', /^\/v1\/campaigns\/c1\/(?:hospital-contacts|plan-signatures)$/, () => ({ status: 201, body: {} })],
    ['POST', /^\/v1\/campaigns\/c1\/release-requests$/, ({ body }) => this.request(body)],
    ['POST', /^\/v1\/releases\/(\w+)\/review$/, (_call, id) => this.did(() => this.story.reviewed(this.release(id)))],
    ['POST', /^\/v1\/releases\/(\w+)\/approval$/, (_call, id) => ({ status: 201, body: { approval: { digest: `digest ${id}` } } })],
    ['POST', /^\/v1\/step-ups$/, () => ({ status: 201, body: { stepUp: 'shown' } })],
    ['POST', /^\/v1\/releases\/(\w+)\/approval\/signatures$/, (call, id) => this.signature(call, this.release(id))],
    ['GET', /^\/v1\/hospital\/payouts$/, () => ({ body: { payouts: this.hospitalPayouts() } })],
    ['POST', /^\/v1\/payouts\/(\w+)\/receipt$/, ({ body }, id) => this.receipt(id, body)],
    ['POST', /^\/v1\/releases\/(\w+)\/use-evidence$/, (_call, id) => ({ status: 201, body: { id } })],
    ['POST', /^\/v1\/use-evidence\/(\w+)\/decision$/, (_call, id) => this.did(() => this.story.stage(this.release(id), 'watch'))],
    ['GET', /^\/v1\/sandbox\/bank-entries\?tenantId=t1$/, () => ({ body: { entries: this.story.entries } })],
    ['GET', /^\/v1\/sandbox\/workflows\?campaignId=c1$/, () => ({ body: { runs: [{ historyEvents: 40 }, { historyEvents: 97 }] } })],
    ['POST', /^\/v1\/sandbox\/verify\?tenantId=t1$/, () => ({ body: { ledger: verified, auditChain: verified } })],
  ];

  private did(deed: () => unknown): Answer {
    deed();
    return { body: this.story.view() };
  }

  private tenant(): Answer {
    const clockId = this.script.speed ? null : 'k1';
    return { status: 201, body: { tenantId: 't1', clockId, now: '2020-08-19T01:00:00Z', platformKey: 'platform', logins: logins() } };
  }

  private look(): Answer {
    if (this.script.speed) this.story.advance(Date.now());
    return { body: this.story.view() };
  }

  private closeRaise(): Answer {
    if (this.story.phase !== 'fundraising') return problem(409, 'campaign.wrong_phase');
    return this.did(() => this.story.close());
  }

  private institution({ registered, receiptPublicKeyPem }: Body): Answer {
    this.receiptPublicKeyPem = receiptPublicKeyPem;
    const account = { number: '1', name: 'Hospital', bankCode: '102100099996' };
    const known = { hospitalKey: registered ? 'hospital' : null, account: registered ? account : null };
    return { status: 201, body: { name: 'Hospital', uscc: 'U', ...known } };
  }

  private submit({ askFen, payee }: Body): Answer {
    this.campaign = new FakeCampaign(this.script, BigInt(askFen), payee.kind);
    return { status: 201, body: this.campaign.view() };
  }

  private advance(toMs: number): Answer {
    if (toMs < this.story.nowMs) return problem(409, 'clock.backwards');
    this.story.advance(toMs);
    return { body: { clockId: 'k1', now: this.story.iso(this.story.nowMs), status: 'ready', nextDueAt: this.story.nextDueAt() } };
  }

  private order({ gifts }: Body): Answer {
    if (this.story.phase !== 'fundraising') return problem(409, 'campaign.wrong_phase');
    const ordered = gifts.map(({ amountFen }) => {
      const id = `g${this.gifts.size}`;
      this.gifts.set(id, BigInt(amountFen));
      return { id, amountFen, status: 'ordered' };
    });
    return { status: 201, body: { gifts: ordered } };
  }

  private pay({ giftIds }: Body): Answer {
    for (const id of giftIds) this.story.gift(this.gifts.get(id) as bigint);
    return { body: { paid: giftIds.length, acknowledged: giftIds.length, failed: [] } };
  }

  private accept(): void {
    this.story.account.status = 'accepted';
    const release = this.story.releases.find(({ stage }) => stage === 'correction');
    if (release) this.story.stage(release, 'approval');
  }

  private request({ mode, batches }: Body): Answer {
    const refusedBy = this.script.refusals?.[mode] ?? [];
    const request = { id: `q${this.story.requests.length}`, mode, outcome: refusedBy.length > 0 ? 'refused' : 'accepted', refusedBy };
    this.story.requests.push(request);
    if (refusedBy.length === 0) this.story.plan(mode, batches?.map(({ basisPoints }) => basisPoints) ?? [10_000]);
    return { status: 201, body: { ...request, releases: this.story.releases } };
  }

  private signature({ body }: Call, release: FakeRelease): Answer {
    if (body.digest !== `digest ${release.id}`) return problem(409, 'release.digest_changed');
    release.checkers = (release.checkers % 2) + 1;
    if (release.checkers === 2) this.story.stage(release, 'transfer');
    return { status: 201, body: {} };
  }

  private hospitalPayouts(): unknown[] {
    return this.story.releases.flatMap(({ id, netFen, receipt, payouts }) =>
      payouts.slice(-1).map((payout) => ({ id: payout.id, releaseId: id, campaignId: 'c1', netFen, receipt })),
    );
  }

  private receipt(id: string, { outcome, amountFen, signedAt, reason, signature }: Body): Answer {
    const text = `almoner-receipt\n${id}\n${outcome}\n${amountFen}\n${signedAt}\n${reason === undefined ? '' : `${reason}\n`}`;
    const holds = verify(null, Buffer.from(text), this.receiptPublicKeyPem, Buffer.from(signature, 'base64'));
    if (!holds) return problem(422, 'receipt.bad_signature');
    return this.did(() => this.story.receipt(id, outcome));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const part of request) text += part;
    const [method, path] = [request.method ?? '', request.url ?? ''];
    const who = (request.headers.authorization ?? '').replace('Bearer ', '');
    const sent = (text === '' ? {} : JSON.parse(text)) as Body;
    const call = { who, method, path, body: sent, key: request.headers['idempotency-key'] as string | undefined };
    this.calls.push(call);
    const [, route, answer] = this.routes.find(([wanted, at]) => wanted === method && at.test(path)) ?? [];
    const { status = 200, body } = route && answer ? answer(call, route.exec(path)?.[1] ?? '') : problem(404, 'not_found');
    response.writeHead(status, { 'content-type': 'application/json' }).end(body === undefined ? undefined : JSON.stringify(body));
  }
}

const verified = { verified: true, differences: [] };

function logins() {
  return Object.fromEntries(['reviewer', 'maker', 'checkerA', 'checkerB'].map((login) => [login, { login, password: 'p' }]));
}
