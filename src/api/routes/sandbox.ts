import { say } from '../text/say';
import type { Client } from '@temporalio/client';
import { createPublicKey, randomBytes, randomInt } from 'node:crypto';
import { ulid } from 'ulid';
import { z } from 'zod';
import { sealAndAnchor, verifyChain } from '../../audit/chain';
import { audit } from '../../audit/append';
import type { ClockWalker } from '../../clock/walker';
import { type Connection, row, rows, type Transaction } from '../../database/connect';
import { shanghaiDate } from '../../domain/calendar';
import { WALLETS } from '../../domain/wallets';
import { EDITIONS } from '../../domain/convention/editions';
import { isBankCard, usccCheckCharacter } from '../../domain/identifiers';
import { DomainError } from '../../domain/errors';
import { openAccounts } from '../../ledger/post';
import { verifyLedger } from '../../ledger/verify';
import type { SimulatorControls } from '../../sandbox/simulatorControls';
import type { HouseKeys } from '../../security/keys';
import type { PersonalData } from '../../security/personalData';
import { addStaff } from '../../access/staff';
import { auditName, type Role } from '../../access/actors';
import { issueKey } from '../../access/keys';
import { route } from '../route';
import { payAtChannels } from './sandboxPayments';
import { amount, bankAccount, fenText, idNumber, nameText, personText, phone, timeText, ulidText } from '../schemas';

export interface SandboxDependencies {
  readonly personalData: PersonalData;
  readonly simulators: SimulatorControls;
  readonly clocks: ClockWalker;
  readonly temporal: Client;
  readonly publicUrl: string;
  readonly appid: string;
  readonly anchorFile: string;
  readonly keys: HouseKeys;
}

export const PLATFORMS = ['360-major-illness', 'water-drop', 'relaxed-fund', 'love-fund'] as const;
export const PLATFORM_NAMES: Record<(typeof PLATFORMS)[number], { zh: string; en: string }> = {
  '360-major-illness': { zh: '360大病筹', en: '360 Major Illness Fund' },
  'water-drop': { zh: '水滴筹', en: 'Water Drop' },
  'relaxed-fund': { zh: '轻松筹', en: 'Relaxed Fund' },
  'love-fund': { zh: '爱心筹', en: 'Love Fund' },
};
/** The simulated custody bank: Industrial and Commercial Bank's head-office number, whose check digit is published. */
export const CUSTODY_BANK = '102100099996';
/** And that of China Merchants Bank, Shenzhen, for a custody account on its own link. */
const CMB_BANK = '308584000013';

const feeBody = z
  .strictObject({ serviceBp: z.int().min(0).max(9999), serviceCapFen: fenText, channelBp: z.int().min(0).max(9999) })
  .refine((f) => f.serviceBp + f.channelBp < 10_000, {
    path: ['channelBp'],
    message: say({
      zh: '费用须低于全额：serviceBp 与 channelBp 合计须小于 10,000',
      en: 'fees below the whole: serviceBp and channelBp together stay under 10,000',
    }),
  });
/** What is no time at all was refused for that. */
const anEditionWasInForce = (at: string): boolean => Number.isNaN(Date.parse(at)) || shanghaiDate(Date.parse(at)) >= EDITIONS[0]!.effectiveOn;
const tenantBody = z.strictObject({
  platform: z.enum(PLATFORMS),
  fees: feeBody,
  clockStartsAt: timeText.refine(anEditionWasInForce, say({ zh: '当时没有任何公约版本生效', en: 'no edition was in force then' })).nullable(),
  windowSpeed: z.int().min(1).max(1_000_000).default(1),
  custodyRail: z.enum(['iso20022', 'cmb']).default('iso20022'),
  /** What the platform may send to wallets by each channel; left out: nothing. */
  wallets: z
    .partialRecord(z.enum(WALLETS), z.strictObject({ mostFen: amount, dayFen: amount }))
    .default({})
    .refine(
      (wallets) => Object.values(wallets).every(({ mostFen, dayFen }) => BigInt(dayFen) >= BigInt(mostFen)),
      say({ zh: 'dayFen 不得小于 mostFen', en: 'dayFen is no less than mostFen' }),
    ),
});
/** What the sandbox's merchants registered their transfers for: a use of each channel, and what it reports. */
const SCENES = { wechat: '1011', alipay: '公益补助' } as const;
const SCENE_INFOS = [{ type: '活动名称', content: '大病求助拨付' }];
const nthPayout = z.int().min(1).max(1_000_000);
const FAULTS = [
  'answer-lost',
  'drop-before',
  '500-after-commit',
  'not-found-then-found',
  'bounce',
  'reject',
  'slow',
  'duplicate-callback',
  'stuck',
] as const;
const POINTS = ['before-intent', 'after-intent', 'before-call', 'after-call', 'before-record', 'after-record'] as const;

/** What only a sandbox may do: make tenants, people and accounts, move clocks, script faults, and look into the simulated bank. */
export function sandboxRoutes(d: SandboxDependencies) {
  return [
    route({
      method: 'post',
      path: '/v1/sandbox/tenants',
      tag: 'Sandbox',
      summary: 'Makes a sandbox tenant of a platform, with its own clock, custody account, merchant and people',
      act: 'sandbox.use',
      input: { body: tenantBody },
      answers: { 201: { description: 'The tenant, its key and log-ins; secrets are shown once.' } },
      handler: async ({ tx, body, actor }) => ({ status: 201, body: await makeTenant(tx, d, body, auditName(actor)) }),
    }),
    route({
      method: 'post',
      path: '/v1/sandbox/institutions',
      tag: 'Sandbox',
      summary: 'Makes a synthetic hospital',
      act: 'sandbox.use',
      input: {
        body: z.strictObject({
          tenantId: ulidText,
          registered: z.boolean(),
          qualified: z.boolean(),
          whitelisted: z.boolean(),
          diagnosisCode: personText(8),
          receiptPublicKeyPem: z
            .string()
            .max(500)
            .refine(isEd25519Key, say({ zh: '须为 Ed25519 公钥（SPKI，PEM）', en: 'an Ed25519 public key, SPKI, PEM' })),
        }),
      },
      answers: { 201: { description: 'The hospital; key and log-in only where it is registered.' } },
      handler: async ({ tx, body }) => ({ status: 201, body: await makeInstitution(tx, d, body) }),
    }),
    route({
      method: 'put',
      path: '/v1/sandbox/identities',
      tag: 'Sandbox',
      summary: 'Sets what the identity service answers about a person',
      act: 'sandbox.use',
      input: {
        body: z.strictObject({
          idNumber,
          name: nameText(50),
          phone: phone.optional(),
          bankCard: z
            .string()
            .refine(
              isBankCard,
              say({
                zh: '不是有效的银行卡号：16 至 19 位数字，末位为校验码（Luhn）',
                en: 'is not a bank card: 16 to 19 digits, the last one their check digit (Luhn)',
              }),
            )
            .optional(),
          answer: z.enum(['match', 'mismatch', 'no-record', 'unavailable']),
        }),
      },
      answers: { 204: { description: 'Set.' } },
      handler: async ({ body }) => (await d.simulators.call('PUT', '/identities', body), { status: 204 }),
    }),
    route({
      method: 'put',
      path: '/v1/sandbox/bank-accounts',
      tag: 'Sandbox',
      summary: "Makes a payee's account exist at the simulated bank",
      act: 'sandbox.use',
      input: { body: bankAccount.extend({ tenantId: ulidText }) },
      answers: { 204: { description: 'It exists under that name.' } },
      handler: async ({ tx, body }) => {
        const tenant = await sandboxTenant(tx, body.tenantId);
        await d.simulators.call('POST', '/bank/accounts', {
          accountNumber: body.number,
          name: body.name,
          bankCode: body.bankCode,
          kind: 'payee',
          ...(tenant.clock_id ? { clockId: tenant.clock_id } : {}),
        });
        return { status: 204 };
      },
    }),
    route({
      method: 'post',
      path: '/v1/sandbox/bank-faults',
      tag: 'Sandbox',
      summary: "Scripts what goes wrong at the bank with the tenant's n-th payout",
      act: 'sandbox.use',
      input: {
        body: z.strictObject({
          tenantId: ulidText,
          payout: nthPayout,
          fault: z.enum(FAULTS),
          params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
        }),
      },
      answers: { 204: { description: 'Scripted.' } },
      handler: async ({ tx, body }) => {
        const tenant = await sandboxTenant(tx, body.tenantId);
        await d.simulators.call('POST', '/bank/faults', {
          accountNumber: tenant.custody_account_number,
          nth: body.payout,
          fault: body.fault,
          params: body.params ?? {},
        });
        return { status: 204 };
      },
    }),
    route({
      method: 'post',
      path: '/v1/sandbox/worker-faults',
      tag: 'Sandbox',
      summary: "Has the worker SIGKILL itself inside the submit of the tenant's n-th payout, once",
      act: 'sandbox.use',
      input: { body: z.strictObject({ tenantId: ulidText, payout: nthPayout, point: z.enum(POINTS) }) },
      answers: { 204: { description: 'Scripted.' } },
      handler: async ({ tx, body }) => {
        await sandboxTenant(tx, body.tenantId);
        await tx('worker_fault').insert({ id: ulid(), tenant_id: body.tenantId, point: body.point, payout: body.payout });
        return { status: 204 };
      },
    }),
    route({
      method: 'post',
      path: '/v1/sandbox/payments',
      tag: 'Sandbox',
      summary: 'Donors pay these orders at the simulated channel of each, which calls back',
      act: 'sandbox.use',
      ownTransactions: true,
      input: {
        body: z.strictObject({
          tenantId: ulidText,
          giftIds: z.array(ulidText).min(1).max(500),
          fault: z.enum(['duplicate-callback', 'no-callback', 'amount-tampered', 'bad-signature']).optional(),
        }),
      },
      answers: { 200: { description: 'When every callback was answered.' } },
      handler: async ({ db, body }) => {
        const tenant = await sandboxTenant(db, body.tenantId);
        return { status: 200, body: await payAtChannels(db, d.simulators, tenant, body.giftIds, body.fault) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/sandbox/wallet-confirmations',
      tag: 'Sandbox',
      summary: 'The receiver of a payout by WeChat confirms it at the simulated channel, which calls back',
      act: 'sandbox.use',
      ownTransactions: true,
      input: { body: z.strictObject({ tenantId: ulidText, payoutId: z.string().regex(/^[0-9A-Z]{26}$/) }) },
      answers: { 200: { description: 'How the channel’s transfer stands then.' } },
      handler: async ({ db, body }) => {
        const tenant = await sandboxTenant(db, body.tenantId);
        const asked = { mchid: tenant.merchant_id, outBillNo: body.payoutId };
        return { status: 200, body: await d.simulators.call<object>('POST', '/wechat/transfer-confirmations', asked) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/sandbox/bank-entries',
      tag: 'Sandbox',
      summary: "The simulated bank's own ledger of the tenant's custody account, unchanged",
      act: 'sandbox.use',
      input: { query: z.strictObject({ tenantId: ulidText }) },
      answers: { 200: { description: 'Its entries.' } },
      handler: async ({ tx, query }) => {
        const tenant = await sandboxTenant(tx, query.tenantId);
        return { status: 200, body: { entries: await d.simulators.call('GET', `/bank/accounts/${tenant.custody_account_number}/entries`) } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/sandbox/clocks/{clockId}',
      tag: 'Sandbox',
      summary: 'Shows a test clock',
      act: 'sandbox.use',
      ownTransactions: true,
      input: { params: z.strictObject({ clockId: ulidText }) },
      answers: { 200: { description: 'The clock.' } },
      handler: async ({ params }) => ({ status: 200, body: await d.clocks.state(params.clockId) }),
    }),
    route({
      method: 'post',
      path: '/v1/sandbox/clocks/{clockId}/advance',
      tag: 'Sandbox',
      summary: 'Advances a test clock through every due deadline; answers when all is idle',
      act: 'sandbox.use',
      ownTransactions: true,
      input: { params: z.strictObject({ clockId: ulidText }), body: z.strictObject({ to: timeText }) },
      answers: { 200: { description: 'The clock, ready.' } },
      handler: async ({ params, body }) => ({ status: 200, body: await d.clocks.advance(params.clockId, new Date(body.to)) }),
    }),
    route({
      method: 'get',
      path: '/v1/sandbox/workflows',
      tag: 'Sandbox',
      summary: "Every workflow run of a campaign, with its history's length",
      act: 'sandbox.use',
      input: { query: z.strictObject({ campaignId: ulidText }) },
      answers: { 200: { description: 'The runs.' } },
      handler: async ({ tx, query }) => ({ status: 200, body: { runs: await workflowRuns(tx, d.temporal, query.campaignId) } }),
    }),
    route({
      method: 'post',
      path: '/v1/sandbox/verify',
      tag: 'Sandbox',
      summary: "Rebuilds the tenant's balances and the audit chain from their rows",
      act: 'sandbox.use',
      ownTransactions: true,
      input: { query: z.strictObject({ tenantId: ulidText }) },
      answers: { 200: { description: 'What holds, and each difference.' } },
      handler: async ({ db, query }) => {
        await sandboxTenant(db, query.tenantId);
        while ((await sealAndAnchor(db, d.anchorFile, d.keys.anchorKey)) > 0);
        const ledger = await verifyLedger(db, query.tenantId);
        const chain = await verifyChain(db, d.anchorFile, d.keys.anchorKey);
        return {
          status: 200,
          body: { ledger: { verified: ledger.length === 0, differences: ledger }, auditChain: { verified: chain.length === 0, differences: chain } },
        };
      },
    }),
  ];
}

export interface SandboxTenant {
  readonly id: string;
  readonly clock_id: string | null;
  readonly custody_account_number: string;
  readonly merchant_id: string;
  readonly alipay_seller_id: string | null;
}

/** @throws {DomainError} object.not_found; sandbox.only for a real platform. */
export async function sandboxTenant(connection: Connection, tenantId: string): Promise<SandboxTenant> {
  const tenant = await row<SandboxTenant & { kind: string }>(connection, 'select * from tenant where id = ?', [tenantId]);
  if (!tenant) throw new DomainError('object.not_found', { zh: '没有该租户', en: 'There is no such tenant' }, { field: '/tenantId' });
  if (tenant.kind !== 'sandbox')
    throw new DomainError(
      'sandbox.only',
      { zh: '这是真实平台，不是沙箱租户', en: 'This is a real platform, not a sandbox tenant' },
      { field: '/tenantId' },
    );
  return tenant;
}

function isEd25519Key(pem: string): boolean {
  try {
    return createPublicKey(pem).asymmetricKeyType === 'ed25519';
  } catch {
    return false;
  }
}

const digits = (n: number): string => Array.from({ length: n }, () => randomInt(10)).join('');

type TenantRequest = z.infer<typeof tenantBody>;

async function makeTenant(tx: Transaction, d: SandboxDependencies, body: TenantRequest, by: string): Promise<Record<string, unknown>> {
  const tenantId = ulid();
  const clockId = body.clockStartsAt === null ? null : ulid();
  const now = body.clockStartsAt === null ? new Date() : new Date(body.clockStartsAt);
  if (clockId) {
    await tx('test_clock').insert({ id: clockId, now });
    await d.simulators.call('PUT', `/clocks/${clockId}`, { now: now.toISOString() });
  }
  const name = PLATFORM_NAMES[body.platform];
  const wallets: Record<string, unknown>[] = [];
  const tenant = {
    id: tenantId,
    platform: body.platform,
    kind: 'sandbox',
    name_zh: `${name.zh}（演示）`,
    name_en: `${name.en} (sandbox)`,
    clock_id: clockId,
    window_speed: body.windowSpeed,
    custody_account_number: `9${digits(18)}`,
    custody_account_name: `${name.zh}大病求助资金存管专户（演示）`,
    custody_bank_code: body.custodyRail === 'cmb' ? CMB_BANK : CUSTODY_BANK,
    custody_rail: body.custodyRail,
    merchant_id: `19${digits(10)}`,
    alipay_seller_id: `2088${digits(12)}`,
  };
  for (const wallet of WALLETS) {
    const terms = body.wallets[wallet];
    if (terms)
      wallets.push({
        tenant_id: tenantId,
        wallet,
        most_fen: terms.mostFen,
        day_fen: terms.dayFen,
        scene: SCENES[wallet],
        scene_infos: JSON.stringify(SCENE_INFOS),
      });
  }
  await addTenant(tx, d, tenant, { serviceBp: body.fees.serviceBp, serviceCapFen: body.fees.serviceCapFen, channelBp: body.fees.channelBp });
  if (wallets.length > 0) await tx('wallet_terms').insert(wallets);
  const logins = await makePeople(tx, tenantId, tenantId.toLowerCase());
  const platformKey = await issueKey(tx, 'platform', { tenantId }, 'sandbox platform key');
  await audit(tx, { action: 'tenant.made', subject: `tenant/${tenantId}`, actor: by, tenantId, businessAt: now, data: { platform: body.platform } });
  return { tenantId, clockId, now: now.toISOString(), platformKey, logins };
}

const PEOPLE: readonly (readonly [string, Role, string])[] = [
  ['reviewer', 'reviewer', '审核员 · Reviewer'],
  ['operator', 'operator', '运营 · Operator'],
  ['maker', 'finance-maker', '制单员 · Maker'],
  ['checkerA', 'finance-checker', '复核员甲 · Checker A'],
  ['checkerB', 'finance-checker', '复核员乙 · Checker B'],
  ['auditor', 'auditor', '审计员 · Auditor'],
  ['administrator', 'administrator', '管理员 · Administrator'],
];

/** Makes a tenant's people, one of each role that a campaign needs, and those who watch and administer. @param place what stands behind the @ of their log-ins. */
export async function makePeople(tx: Transaction, tenantId: string, place: string): Promise<Record<string, { login: string; password: string }>> {
  const logins: Record<string, { login: string; password: string }> = {};
  for (const [key, role, displayName] of PEOPLE) {
    const login = `${key.toLowerCase()}@${place}`;
    const password = randomBytes(12).toString('base64url');
    await addStaff(tx, { login, displayName, role, tenantId, secondFactor: 'optional' }, password);
    logins[key] = { login, password };
  }
  return logins;
}

interface NewTenant {
  readonly id: string;
  readonly clock_id: string | null;
  readonly custody_account_number: string;
  readonly custody_account_name: string;
  readonly custody_bank_code: string;
  readonly custody_rail?: 'iso20022' | 'cmb';
  readonly merchant_id: string;
  readonly alipay_seller_id: string;
}

/** Stores a tenant with its fees and accounts, and opens its custody account and its merchants at the simulators. */
export async function addTenant(
  tx: Transaction,
  d: Pick<SandboxDependencies, 'simulators' | 'publicUrl' | 'appid'>,
  tenant: NewTenant & Record<string, unknown>,
  fees: { serviceBp: number; serviceCapFen: string; channelBp: number },
): Promise<void> {
  await tx('tenant').insert(tenant);
  await tx('fee_schedule').insert({
    tenant_id: tenant.id,
    version: 1,
    service_bp: fees.serviceBp,
    service_cap_fen: fees.serviceCapFen,
    channel_bp: fees.channelBp,
  });
  await openAccounts(tx, tenant.id, null);
  const clock = tenant.clock_id ? { clockId: tenant.clock_id } : {};
  await d.simulators.call('POST', '/bank/accounts', {
    accountNumber: tenant.custody_account_number,
    name: tenant.custody_account_name,
    bankCode: tenant.custody_bank_code,
    kind: 'custody',
    ...clock,
    ...(tenant.custody_rail === 'cmb' ? { link: 'cmb', notifyUrl: `${d.publicUrl}/callbacks/cmb` } : { notifyUrl: `${d.publicUrl}/callbacks/bank` }),
  });
  const settlement = { settlementAccountNumber: tenant.custody_account_number, settlementBankCode: tenant.custody_bank_code };
  await d.simulators.call('POST', '/wechat/merchants', {
    mchid: tenant.merchant_id,
    appid: d.appid,
    ...clock,
    ...settlement,
  });
  await d.simulators.call('POST', '/alipay/sellers', { sellerId: tenant.alipay_seller_id, ...clock, ...settlement });
}

interface InstitutionRequest {
  readonly tenantId: string;
  readonly registered: boolean;
  readonly qualified: boolean;
  readonly whitelisted: boolean;
  readonly diagnosisCode: string;
  readonly receiptPublicKeyPem: string;
}

async function makeInstitution(tx: Transaction, d: SandboxDependencies, body: InstitutionRequest): Promise<Record<string, unknown>> {
  const tenant = await sandboxTenant(tx, body.tenantId);
  const first17 = `12440300${digits(9)}`;
  const uscc = first17 + usccCheckCharacter(first17);
  const name = `演示第${digits(6)}医院`;
  // What is not in the registry has no row there: nothing else tells “not registered”.
  if (!body.registered) return { name, uscc, hospitalKey: null, hospitalLogin: null, hospitalAdministrator: null, account: null };
  const account = { number: `44${digits(17)}`, name, bankCode: '105100000017' };
  const institutionId = ulid();
  if (body.whitelisted)
    await d.simulators.call('POST', '/bank/accounts', {
      accountNumber: account.number,
      name: account.name,
      bankCode: account.bankCode,
      kind: 'payee',
      ...(tenant.clock_id ? { clockId: tenant.clock_id } : {}),
    });
  await tx('institution').insert({
    id: institutionId,
    sandbox_tenant_id: body.tenantId,
    name,
    uscc,
    level: '三级甲等',
    source: 'sandbox',
    receipt_public_key: body.receiptPublicKeyPem,
    ...(body.whitelisted
      ? {
          account_number_enc: d.personalData.sealForHouse(account.number, 'institution.account'),
          account_number_hash: d.personalData.lookup('account', `${account.bankCode}/${account.number}`),
          account_name: name,
          account_bank_code: account.bankCode,
          whitelisted_at: new Date(),
        }
      : {}),
  });
  if (body.qualified) await tx('institution_qualification').insert({ institution_id: institutionId, icd10_prefix: body.diagnosisCode.slice(0, 3) });
  const password = randomBytes(12).toString('base64url');
  const login = `hospital@${institutionId.toLowerCase()}`;
  await addStaff(
    tx,
    { login, displayName: '医院财务 · Hospital cashier', role: 'hospital-person', institutionId, secondFactor: 'optional' },
    password,
  );
  const administrator = { login: `administrator@${institutionId.toLowerCase()}`, password: randomBytes(12).toString('base64url') };
  await addStaff(
    tx,
    {
      login: administrator.login,
      displayName: '医院管理员 · Hospital administrator',
      role: 'administrator',
      institutionId,
      secondFactor: 'optional',
    },
    administrator.password,
  );
  const hospitalKey = await issueKey(tx, 'hospital', { institutionId }, 'sandbox hospital key');
  return {
    name,
    uscc,
    hospitalKey,
    hospitalLogin: { login, password },
    hospitalAdministrator: administrator,
    account: body.whitelisted ? account : null,
  };
}

async function workflowRuns(connection: Connection, temporal: Client, campaignId: string): Promise<Record<string, unknown>[]> {
  const ids = await rows<{ id: string }>(
    connection,
    `select 'campaign/' || id as id from campaign where id = :id union all select 'release/' || id from release where campaign_id = :id and started_at is not null
     union all select 'transfer/' || id from payout where campaign_id = :id
     union all select distinct 'payoutBatch/' || l.batch_id from payout_batch_line l join release r on r.id = l.release_id where r.campaign_id = :id
     union all select 'refund/' || id from refund_round where campaign_id = :id union all select 'complaint/' || id from complaint where campaign_id = :id
     union all select 'supervision/' || id from campaign where id = :id and opened_at is not null
     union all select 'recall/' || id from recall where campaign_id = :id
     union all select 'reconciliation/' || d.id from reconciliation_day d join campaign c on c.tenant_id = d.tenant_id where c.id = :id`,
    { id: campaignId },
  );
  const runs: Record<string, unknown>[] = [];
  for (const { id } of ids) {
    // Follow the chain of runs backwards from the newest: a run that continued another names it.
    const description = await temporal.workflow
      .getHandle(id)
      .describe()
      .catch(() => null);
    if (description)
      runs.push({ workflowId: id, runId: description.runId, status: description.status.name, historyEvents: description.historyLength });
    for await (const earlier of temporal.workflow.list({ query: `WorkflowId = '${id}'` })) {
      if (earlier.runId !== description?.runId)
        runs.push({ workflowId: id, runId: earlier.runId, status: earlier.status.name, historyEvents: earlier.historyLength });
    }
  }
  return runs;
}
