import { type Connection, row } from '../database/connect';
import { DomainError } from '../domain/errors';
import type { Sentence } from '../domain/sentence';
import type { Actor } from './actors';
import { type Act, may, type Owner } from './policy';

interface Kind {
  /** Reads tenant_id and institution_id of the object with the one id given. */
  readonly sql: string;
  readonly missing: Sentence;
}

const ofTable = (table: string): string => `select tenant_id, null::text as institution_id from ${table} where id = ?`;
const ofCampaignsPart = (table: string): string =>
  `select c.tenant_id, null::text as institution_id from ${table} x join campaign c on c.id = x.campaign_id where x.id = ?`;

/** How the owner of an object is found, by the collection that its address names. */
const KINDS = {
  campaigns: { sql: ofTable('campaign'), missing: { zh: '没有该求助活动', en: 'There is no such campaign' } },
  documents: { sql: ofCampaignsPart('document'), missing: { zh: '没有该文件', en: 'There is no such document' } },
  people: { sql: ofTable('person'), missing: { zh: '没有该人员', en: 'There is no such person' } },
  deletions: { sql: ofTable('deletion'), missing: { zh: '没有该删除申请', en: 'There is no such deletion' } },
  'evidence-requests': {
    sql: ofCampaignsPart('evidence_request'),
    missing: { zh: '没有该补充材料要求', en: 'There is no such request for evidence' },
  },
  gifts: { sql: ofCampaignsPart('gift'), missing: { zh: '没有该笔捐赠', en: 'There is no such gift' } },
  releases: { sql: ofCampaignsPart('release'), missing: { zh: '没有该笔拨付', en: 'There is no such release' } },
  'payout-batches': { sql: ofTable('payout_batch'), missing: { zh: '没有该付款批次', en: 'There is no such payout batch' } },
  'use-evidence': { sql: ofCampaignsPart('use_evidence'), missing: { zh: '没有该使用凭证', en: 'There is no such evidence' } },
  payouts: {
    // Only a payment to the hospital itself is the hospital's to see and sign for.
    sql: `select p.tenant_id, case when p.payee_kind = 'institution' then c.hospital_id end as institution_id
      from payout p join campaign c on c.id = p.campaign_id where p.id = ?`,
    missing: { zh: '没有该笔付款', en: 'There is no such payout' },
  },
  invoices: {
    sql: 'select tenant_id, institution_id from invoice where id = ?',
    missing: { zh: '没有该票据', en: 'There is no such invoice' },
  },
  'surplus-returns': {
    sql: 'select tenant_id, institution_id from surplus_return where id = ?',
    missing: { zh: '没有该退回', en: 'There is no such return' },
  },
  complaints: { sql: ofTable('complaint'), missing: { zh: '没有该投诉', en: 'There is no such complaint' } },
  'refund-requests': { sql: ofTable('refund_request'), missing: { zh: '没有该退款申请', en: 'There is no such request' } },
  deaths: { sql: ofTable('death_report'), missing: { zh: '没有该身故报告', en: 'There is no such report' } },
  promoters: { sql: ofTable('promoter'), missing: { zh: '没有该推广人员', en: 'There is no such promoter' } },
  'conduct-cases': { sql: ofTable('conduct_case'), missing: { zh: '没有该案件', en: 'There is no such case' } },
  referrals: { sql: ofTable('charity_referral'), missing: { zh: '没有该转介', en: 'There is no such referral' } },
  blacklist: { sql: ofTable('blacklist_listing'), missing: { zh: '没有该名单记录', en: 'There is no such listing' } },
  'blacklist-appeals': {
    sql: 'select l.tenant_id, null::text as institution_id from blacklist_appeal a join blacklist_listing l on l.id = a.listing_id where a.id = ?',
    missing: { zh: '没有该申诉', en: 'There is no such appeal' },
  },
  exceptions: { sql: ofTable('money_exception'), missing: { zh: '没有该款项例外', en: 'There is no such money event' } },
  'card-refunds': { sql: ofTable('card_refund'), missing: { zh: '没有该退款卡', en: 'There is no such card refund' } },
  recalls: { sql: ofTable('recall'), missing: { zh: '没有该追回', en: 'There is no such recall' } },
  'bank-matches': { sql: ofTable('bank_match'), missing: { zh: '没有该匹配', en: 'There is no such match' } },
  sessions: {
    sql: 'select s.tenant_id, s.institution_id from session x join staff s on s.id = x.staff_id where x.id = ?',
    missing: { zh: '没有该会话', en: 'There is no such session' },
  },
  views: {
    sql: 'select s.tenant_id, s.institution_id from saved_view x join staff s on s.id = x.staff_id where x.id = ?',
    missing: { zh: '没有该视图', en: 'There is no such view' },
  },
  staff: {
    sql: 'select tenant_id, institution_id from staff where id = ?',
    missing: { zh: '没有该人员', en: 'There is nobody of that id' },
  },
  'api-keys': {
    sql: 'select tenant_id, institution_id from api_key where id = ?',
    missing: { zh: '没有该密钥', en: 'There is no such key' },
  },
  clocks: {
    sql: 'select id as tenant_id, null::text as institution_id from tenant where clock_id = ?',
    missing: { zh: '没有该测试时钟', en: 'There is no such test clock' },
  },
} as const satisfies Readonly<Record<string, Kind>>;

/** What an address may name by id. */
export type ObjectKind = keyof typeof KINDS;

/** The object that a path in OpenAPI form names: its collection and the parameter with its id. Null where it names none. @throws for a collection without owners. */
export function objectIn(path: string): { readonly kind: ObjectKind; readonly param: string } | null {
  const found = /\/([\w-]+)\/\{(\w+)\}/.exec(path);
  if (!found) return null;
  const [, kind, param] = found as unknown as [string, string, string];
  if (!(kind in KINDS)) throw new Error(`${path}: nobody knows whose the objects under ${kind} are`);
  return { kind: kind as ObjectKind, param };
}

/** The one place that asks whose an object is. @throws {DomainError} object.not_found, the same for another's object and for nobody's. */
export async function mustBeTheirs(connection: Connection, actor: Actor, act: Act, kind: ObjectKind, id: string): Promise<void> {
  const { sql, missing } = KINDS[kind];
  const found = await row<Owner>(
    connection,
    `select o.tenant_id as "tenantId", o.institution_id as "institutionId", coalesce(t.kind = 'sandbox', false) as sandbox
     from (${sql}) o left join tenant t on t.id = o.tenant_id`,
    [id],
  );
  if (!found || !may(actor, act, found)) throw new DomainError('object.not_found', missing);
}
