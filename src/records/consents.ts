import { audit } from '../audit/append';
import { type Connection, rows, type Transaction } from '../database/connect';
import { shanghaiDate } from '../domain/calendar';
import { DomainError } from '../domain/errors';
import type { CampaignRow } from './campaigns';

export type ConsentParty = 'seeker' | 'sponsor' | 'donor';

export interface ConsentText {
  readonly party: ConsentParty;
  readonly version: number;
  readonly effectiveOn: string;
  readonly zh: string;
  readonly en: string;
}

/** What a party agreed to, as the platform tells it. */
export interface ConsentGiven {
  readonly party: 'seeker' | 'sponsor';
  readonly version: number;
  /** RFC 3339; left out: now. */
  readonly agreedAt?: string | undefined;
}

/** RIGHTS: @param on civil date, `YYYY-MM-DD`, Asia/Shanghai. @returns the newest text of each party in force that day; none before the first. */
export async function consentTexts(connection: Connection, on: string): Promise<ConsentText[]> {
  return rows<ConsentText>(
    connection,
    `select distinct on (party) party, version, effective_on::text as "effectiveOn", zh, en from consent_text where effective_on <= ? order by party, version desc`,
    [on],
  );
}

/** @returns the version of each party's text in force at `at`. */
export async function versionsInForce(connection: Connection, at: Date): Promise<Record<ConsentParty, number>> {
  const texts = await consentTexts(connection, shanghaiDate(at.getTime()));
  return Object.fromEntries(texts.map((t) => [t.party, t.version])) as Record<ConsentParty, number>;
}

const PARTY_ZH: Readonly<Record<ConsentParty, string>> = { seeker: '求助人', sponsor: '发起人', donor: '捐赠人' };

function mustBeCurrent(party: ConsentParty, given: number | undefined, inForce: number, field: string): void {
  if (given === inForce) return;
  throw new DomainError(
    'consent.not_current',
    given === undefined
      ? {
          zh: `RIGHTS：缺少${PARTY_ZH[party]}对权利义务告知版本 ${inForce} 的同意；请先展示并记录`,
          en: `RIGHTS: the ${party}'s consent to version ${inForce} of the rules is missing; show them and record it first`,
        }
      : {
          zh: `RIGHTS：${PARTY_ZH[party]}同意的是版本 ${given}，现行版本为 ${inForce}；请展示现行版本并重新征得同意`,
          en: `RIGHTS: the ${party} agreed to version ${given}, and version ${inForce} is in force; show it and ask again`,
        },
    { field, rules: ['RIGHTS'], party, inForce },
  );
}

/**
 * RIGHTS: seeker and sponsor agree to the rules in force before they are served. @param campaign just submitted, in the same transaction.
 * @throws {DomainError} consent.not_current for a missing or old version, request.invalid for a time in the future.
 */
export async function recordConsents(
  tx: Transaction,
  campaign: CampaignRow,
  given: readonly ConsentGiven[],
  at: Date,
  recordedBy: string,
): Promise<void> {
  const inForce = await versionsInForce(tx, at);
  for (const party of ['seeker', 'sponsor'] as const) {
    const index = given.findIndex((c) => c.party === party);
    const consent = given[index];
    mustBeCurrent(party, consent?.version, inForce[party], index < 0 ? '/consents' : `/consents/${index}/version`);
    const agreedAt = consent?.agreedAt === undefined ? at : new Date(consent.agreedAt);
    if (agreedAt > at)
      throw new DomainError(
        'request.invalid',
        { zh: `RIGHTS：/consents/${index}/agreedAt 在将来`, en: `RIGHTS: /consents/${index}/agreedAt lies in the future` },
        {
          field: `/consents/${index}/agreedAt`,
          rules: ['RIGHTS'],
        },
      );
    await tx('consent').insert({
      campaign_id: campaign.id,
      party,
      version: inForce[party],
      person_id: party === 'seeker' ? campaign.patient_id : campaign.sponsor_id,
      agreed_at: agreedAt,
      recorded_at: at,
      recorded_by: recordedBy,
    });
  }
}

/** What a donor was shown before giving. */
export interface Shown {
  readonly version: number;
  readonly feeVersion: number;
}

/** RIGHTS, FEES: stores, once per order, what its donor was shown. @throws {DomainError} consent.not_current, fees.not_shown. */
export async function recordGiftConsent(tx: Transaction, campaign: CampaignRow, orderKey: string, shown: Shown, at: Date): Promise<void> {
  mustBeCurrent('donor', shown.version, (await versionsInForce(tx, at)).donor, '/consent/version');
  feesWereShown(campaign, shown.feeVersion, '/consent/feeVersion');
  await tx('gift_consent').insert({
    order_key: orderKey,
    tenant_id: campaign.tenant_id,
    campaign_id: campaign.id,
    version: shown.version,
    fee_version: shown.feeVersion,
    consented_at: at,
  });
}

/** FEES: only the schedule that the campaign is pinned to is ever charged, so it is the one to show. @throws {DomainError} fees.not_shown. */
export function feesWereShown(campaign: Pick<CampaignRow, 'fee_version'>, shownVersion: number, field: string): void {
  if (shownVersion !== campaign.fee_version)
    throw new DomainError(
      'fees.not_shown',
      {
        zh: `FEES：实际收费为版本 ${campaign.fee_version}，所展示的是版本 ${shownVersion}`,
        en: `FEES: version ${campaign.fee_version} of the fees is charged, and version ${shownVersion} was shown`,
      },
      {
        field,
        rules: ['FEES'],
        feeVersion: campaign.fee_version,
      },
    );
}

/** @returns what seeker and sponsor of a campaign agreed to, and when; ids and times only. */
export async function consentsOf(connection: Connection, campaignId: string): Promise<{ party: string; version: number; agreedAt: string }[]> {
  const given = await rows<{ party: string; version: number; agreed_at: Date }>(
    connection,
    'select party, version, agreed_at from consent where campaign_id = ? order by party, version',
    [campaignId],
  );
  return given.map((c) => ({ party: c.party, version: c.version, agreedAt: c.agreed_at.toISOString() }));
}

/**
 * The sponsor agrees to the rules in force on their own page, where they have not yet. @param shownVersion what the page showed.
 * @throws {DomainError} consent.not_current when another version is in force by now.
 */
export async function recordSponsorsOwnConsent(tx: Transaction, campaign: CampaignRow, shownVersion: number, at: Date, by: string): Promise<void> {
  mustBeCurrent('sponsor', shownVersion, (await versionsInForce(tx, at)).sponsor, '/version');
  const given = await tx('consent')
    .insert({
      campaign_id: campaign.id,
      party: 'sponsor',
      version: shownVersion,
      person_id: campaign.sponsor_id,
      agreed_at: at,
      recorded_at: at,
      recorded_by: by,
    })
    .onConflict()
    .ignore()
    .returning('version');
  if (given.length === 0) return;
  await audit(tx, {
    action: 'consent.given',
    subject: `campaign/${campaign.id}`,
    actor: by,
    tenantId: campaign.tenant_id,
    campaignId: campaign.id,
    businessAt: at,
    data: { party: 'sponsor', version: shownVersion },
  });
}
