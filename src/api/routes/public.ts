import type { ChannelName } from '../../adapters/donation/port';
import { type Connection, row, rows } from '../../database/connect';
import { editionOf } from '../../domain/convention/editions';
import { missingItems } from '../../domain/convention/rules/publicity';
import { DomainError } from '../../domain/errors';
import { campaignRow, feeScheduleOf } from '../../records/campaigns';
import { publishedItems } from '../../records/facts';
import { versionsInForce } from '../../records/consents';
import { businessNow } from '../../database/clock';
import { type Origin, originOf } from '../../records/promoters';
import { referralsMade } from '../../records/referrals';
import { dutiesOf, updatesOf, type UpdateView } from '../../records/supervision';
import { keyOf } from '../../records/people';
import type { PersonalData } from '../../security/personalData';
import { route } from '../route';
import { id } from '../schemas';
import { moneyWords, releaseViews } from '../views';
import { publicComplaints } from './complaintViews';
import { refundsView } from './refunds';

/** RUMOUR: when and why the platform last took an item's text away. */
interface Withdrawal {
  readonly at: string;
  readonly by: 'platform';
  readonly reason: { readonly zh: string; readonly en: string };
}

/** What everybody sees of a campaign that has opened, or whose certificate is being publicised. */
export interface PublicCampaign {
  readonly id: string;
  readonly title: string;
  readonly story: string;
  readonly platform: { readonly zh: string; readonly en: string };
  /** What a gift can be paid by. */
  readonly channels: readonly ChannelName[];
  readonly phase: string;
  readonly edition: string;
  readonly hospital: string;
  /** ASK-CERT: until when the certificate is publicised; null where none is needed. */
  readonly certificatePublicityEndsAt: string | null;
  readonly openedAt: string | null;
  readonly closesAt: string | null;
  readonly closedAt: string | null;
  readonly endedAt: string | null;
  /** CONDUCT: who brought the campaign; null for one from before this was recorded. No name. */
  readonly broughtBy: { readonly kind: Origin['kind']; readonly compensation: Origin['compensation'] } | null;
  readonly giftCount: number;
  readonly fees: { readonly version: number; readonly serviceBp: number; readonly serviceCapFen: bigint; readonly channelBp: number };
  /** RIGHTS: what the public is told wherever the plea is shown, and the rules' versions in force. */
  readonly rights: { readonly notice: typeof PUBLIC_NOTICE; readonly versions: Readonly<Record<string, number>> };
  /** DISCLOSE: what was published since the opening, newest first, with its delay. */
  readonly updates: readonly UpdateView[];
  /** CHARITY: how many charities were asked. */
  readonly charityReferrals: number;
  /** SUPERVISE: updates that are owed and so late that the public is told. */
  readonly overdue: readonly { readonly kind: string; readonly dueAt: string; readonly markedAt: string }[];
  readonly publicity: {
    readonly complete: boolean;
    readonly items: readonly {
      readonly item: string;
      readonly text: string | null;
      readonly publishedAt: string | null;
      readonly withdrawn: Withdrawal | null;
    }[];
  };
  readonly money: Record<string, bigint>;
  readonly releases: readonly Record<string, unknown>[];
  /** Every complaint with its reply, and how the money went back where it did. */
  readonly complaints: Awaited<ReturnType<typeof publicComplaints>>;
  readonly refunds: Pick<Awaited<ReturnType<typeof refundsView>>, 'rounds' | 'requests'>;
  readonly stoppedBy: readonly string[];
  readonly stoppedAt: string | null;
  readonly holds: readonly { readonly rule: string; readonly placedAt: string; readonly liftedAt: string | null }[];
}

/** Public-fundraising service rules, 2026. */
const PUBLIC_NOTICE = {
  zh: '这是个人求助，不是慈善公开募捐；信息的真实性由求助人和信息发布者负责。请了解风险后再作决定。',
  en: 'This is a personal plea for help, not charitable public fundraising; help-seeker and publisher answer for its truth. Know the risk before you decide.',
} as const;

const PUBLIC_RELEASE_FIELDS = [
  'id',
  'seq',
  'batch',
  'batches',
  'mode',
  'purpose',
  'payeeKind',
  'grossFen',
  'feeFen',
  'netFen',
  'stage',
  'publicityEndsAt',
  'paidAt',
  'awaitsReceiverUntil',
  'receipt',
  'evidencedFen',
] as const;

export function publicRoutes(personalData: PersonalData) {
  return [
    route({
      method: 'get',
      path: '/v1/public/campaigns/{id}',
      tag: 'Public',
      summary: "A campaign's public page as data: items, fees and money's path to the fen",
      act: 'public.read',
      input: { params: id },
      answers: { 200: { description: 'The public campaign.' } },
      handler: async ({ tx, params }) => ({ status: 200, body: await publicCampaign(tx, personalData, params.id) }),
    }),
  ];
}

async function latestWithdrawals(connection: Connection, campaignId: string): Promise<ReadonlyMap<string, Withdrawal>> {
  const withdrawals = await rows<{ item: string; withdrawn_at: Date; reason_zh: string; reason_en: string }>(
    connection,
    'select distinct on (item) item, withdrawn_at, reason_zh, reason_en from publication_withdrawal where campaign_id = ? order by item, withdrawn_at desc, id desc',
    [campaignId],
  );
  return new Map(
    withdrawals.map((w) => [w.item, { at: w.withdrawn_at.toISOString(), by: 'platform', reason: { zh: w.reason_zh, en: w.reason_en } }]),
  );
}

/** PRE-AUDIT: @throws {DomainError} object.not_found before the campaign may be seen, and after a refusal. */
export async function publicCampaign(connection: Connection, personalData: PersonalData, campaignId: string): Promise<PublicCampaign> {
  const campaign = await campaignRow(connection, campaignId);
  if (campaign.phase === 'prior-audit' || campaign.phase === 'refused')
    throw new DomainError('object.not_found', { zh: '没有该求助活动', en: 'There is no such campaign' });
  const tenant = (await row<{ name_zh: string; name_en: string; alipay: boolean }>(
    connection,
    'select name_zh, name_en, alipay_seller_id is not null as alipay from tenant where id = ?',
    [campaign.tenant_id],
  ))!;
  const key = await keyOf(connection, personalData, campaign.patient_id);
  const edition = editionOf(campaign.edition);
  const latest = await rows<{ item: string; text_enc: Buffer; published_at: Date }>(
    connection,
    'select distinct on (item) item, text_enc, published_at from publication where campaign_id = ? and withdrawn_id is null order by item, published_at desc, id desc',
    [campaignId],
  );
  const withdrawals = await latestWithdrawals(connection, campaignId);
  const gifts = await row<{ n: number }>(
    connection,
    `select count(*)::int as n from gift where campaign_id = ? and status = 'paid' and credited_fen > 0`,
    [campaignId],
  );
  const holds = await rows<{ rule: string; placed_at: Date; lifted_at: Date | null }>(
    connection,
    'select rule, placed_at, lifted_at from hold where campaign_id = ? order by placed_at',
    [campaignId],
  );
  const refunds = await refundsView(connection, campaignId);
  const origin = await originOf(connection, campaignId);
  return {
    id: campaign.id,
    title: campaign.title,
    story: key.open(campaign.story_enc, 'campaign.story'),
    platform: { zh: tenant.name_zh, en: tenant.name_en },
    channels: tenant.alipay ? ['wechat', 'alipay'] : ['wechat'],
    phase: campaign.phase,
    edition: campaign.edition,
    hospital: campaign.hospital_name,
    certificatePublicityEndsAt: campaign.certificate_publicity_ends_at?.toISOString() ?? null,
    openedAt: campaign.opened_at?.toISOString() ?? null,
    closesAt: campaign.closes_at?.toISOString() ?? null,
    closedAt: campaign.closed_at?.toISOString() ?? null,
    endedAt: campaign.ended_at?.toISOString() ?? null,
    broughtBy: origin && { kind: origin.kind, compensation: origin.compensation },
    giftCount: gifts!.n,
    fees: await feeScheduleOf(connection, campaign),
    rights: { notice: PUBLIC_NOTICE, versions: await versionsInForce(connection, await businessNow(connection, campaign.tenant_id)) },
    updates: await updatesOf(connection, personalData, campaign),
    charityReferrals: await referralsMade(connection, campaignId),
    overdue: (await dutiesOf(connection, campaignId)).flatMap((d) =>
      d.marked_at === null || d.done_at !== null ? [] : [{ kind: d.kind, dueAt: d.due_at.toISOString(), markedAt: d.marked_at.toISOString() }],
    ),
    publicity: {
      complete: missingItems(edition, await publishedItems(connection, campaignId)).length === 0,
      items: edition.publicity.items.map((item) => {
        const found = latest.find((p) => p.item === item);
        return {
          item,
          text: found ? key.open(found.text_enc, 'publication.text') : null,
          publishedAt: found?.published_at.toISOString() ?? null,
          withdrawn: withdrawals.get(item) ?? null,
        };
      }),
    },
    money: await moneyWords(connection, campaign),
    releases: (await releaseViews(connection, campaign)).map((r) => Object.fromEntries(PUBLIC_RELEASE_FIELDS.map((f) => [f, r[f]]))),
    complaints: await publicComplaints(connection, campaignId),
    refunds: { rounds: refunds.rounds, requests: refunds.requests },
    stoppedBy: campaign.stopped_by,
    stoppedAt: campaign.stopped_at?.toISOString() ?? null,
    holds: holds.map((h) => ({ rule: h.rule, placedAt: h.placed_at.toISOString(), liftedAt: h.lifted_at?.toISOString() ?? null })),
  };
}
