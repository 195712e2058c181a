import { ulid } from 'ulid';
import { audit } from '../audit/append';
import { type Connection, row, rows } from '../database/connect';
import { DAY_MS, shanghaiDate } from '../domain/calendar';
import { editionInForce, editionOf } from '../domain/convention/editions';
import type { Party } from '../domain/convention/terms';
import { DomainError } from '../domain/errors';
import type { CampaignRow } from './campaigns';

export const LISTING_GROUNDS = ['invented-or-exaggerated', 'hidden-assets', 'forged-records', 'misuse-of-money'] as const;
type ListingGround = (typeof LISTING_GROUNDS)[number];
/** Real platforms share one list, sandbox tenants another. */
export type Realm = 'platform' | 'sandbox';

export interface ListingRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly platform: string;
  readonly kind: Realm;
  readonly person_id: string | null;
  readonly institution_name: string | null;
  readonly ground: ListingGround;
  readonly reason: string;
  readonly evidence: string;
  readonly listed_by: string | null;
  readonly listed_at: Date;
  readonly published_at: Date;
  readonly expires_at: Date;
  readonly state: 'listed' | 'appealed' | 'lifted';
}

interface NewListing {
  readonly campaign: Pick<CampaignRow, 'id' | 'edition' | 'window_speed'>;
  readonly personId: string;
  readonly ground: ListingGround;
  readonly reason: string;
  /** What the decision rests on: a complaint's number, or the documents in words. No personal data. */
  readonly evidence: string;
  readonly staffId: string;
  readonly tenantId: string;
  readonly at: Date;
}

/**
 * BLACKLIST: puts a party of a campaign on the shared list by a named person's decision, published at once, until the edition's days have passed.
 * Safe to repeat: the same person, campaign and ground stand once. @returns the listing's id.
 * @throws {DomainError} request.invalid when the person's citizen number is not on file: people are found again by it.
 */
export async function addListing(tx: Connection, l: NewListing): Promise<string> {
  const id = ulid();
  const expiresAt = new Date(l.at.getTime() + (editionOf(l.campaign.edition).windows.blacklistDays * DAY_MS) / l.campaign.window_speed);
  const person = await hashOf(tx, l.personId);
  const added = await row<{ id: string }>(
    tx,
    `insert into blacklist_listing (id, tenant_id, campaign_id, person_id, id_number_hash, ground, reason, evidence, listed_by, source, listed_at, published_at, expires_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, 'decision', ?, ?, ?) on conflict (id_number_hash, campaign_id, ground) where state <> 'lifted' do nothing returning id`,
    [id, l.tenantId, l.campaign.id, l.personId, person, l.ground, l.reason, l.evidence, l.staffId, l.at, l.at, expiresAt],
  );
  if (!added) {
    const standing = await row<{ id: string }>(
      tx,
      `select id from blacklist_listing where id_number_hash = ? and campaign_id = ? and ground = ? and state <> 'lifted'`,
      [person, l.campaign.id, l.ground],
    );
    return standing!.id;
  }
  await audit(tx, {
    action: 'blacklist.listed',
    subject: `blacklist/${id}`,
    actor: `reviewer:${l.staffId}`,
    tenantId: l.tenantId,
    campaignId: l.campaign.id,
    businessAt: l.at,
    data: { ground: l.ground, expiresAt },
  });
  return id;
}

interface SandboxListing {
  readonly tenantId: string;
  readonly subject: { readonly personId: string } | { readonly institutionId: string };
  readonly ground: ListingGround;
  readonly by: string;
  readonly at: Date;
}

/** Sandbox only: somebody stands on the list before a story begins. @returns the listing's id. */
export async function addSandboxListing(tx: Connection, { tenantId, subject, ground, by, at }: SandboxListing): Promise<string> {
  const id = ulid();
  const about =
    'personId' in subject
      ? { person_id: subject.personId, id_number_hash: await hashOf(tx, subject.personId) }
      : { institution_id: subject.institutionId };
  const { blacklistDays } = editionInForce(shanghaiDate(at.getTime())).windows;
  await tx('blacklist_listing').insert({
    id,
    tenant_id: tenantId,
    ...about,
    ground,
    reason: 'sandbox',
    evidence: 'sandbox',
    source: 'sandbox',
    listed_at: at,
    published_at: at,
    expires_at: new Date(at.getTime() + blacklistDays * DAY_MS),
  });
  await audit(tx, { action: 'blacklist.listed', subject: `blacklist/${id}`, actor: by, tenantId, businessAt: at, data: { ground, sandbox: true } });
  return id;
}

async function hashOf(tx: Connection, personId: string): Promise<Buffer> {
  const person = await row<{ id_number_hash: Buffer | null }>(tx, 'select id_number_hash from person where id = ?', [personId]);
  if (!person?.id_number_hash)
    throw new DomainError(
      'request.invalid',
      {
        zh: '档案中没有该人的身份证号；没有身份证号无法再次识别',
        en: "This person's citizen number is not on file; nobody can be found again without it",
      },
      {
        field: '/party',
        rules: ['BLACKLIST'],
      },
    );
  return person.id_number_hash;
}

/** @returns whether a person stands on the realm's list at a business time. @param idNumberHash keyed hash of the citizen number. */
export async function isListed(connection: Connection, idNumberHash: Buffer, at: Date, realm: Realm): Promise<boolean> {
  const found = await row(
    connection,
    `select 1 from blacklist_listing l join tenant t on t.id = l.tenant_id
     where l.id_number_hash = ? and l.state <> 'lifted' and l.expires_at > ? and t.kind = ? limit 1`,
    [idNumberHash, at, realm],
  );
  return found !== null;
}

/** @returns the parties of a campaign who stand on the list at a business time. Payee `seeker` is the patient. */
export async function listedParties(connection: Connection, campaign: CampaignRow, at: Date): Promise<Party[]> {
  const found = await rows<{ party: Party }>(
    connection,
    `with own as (select kind from tenant where id = :tenant),
       standing as (select l.id_number_hash, l.institution_id from blacklist_listing l join tenant t on t.id = l.tenant_id, own
         where l.state <> 'lifted' and l.expires_at > :at and t.kind = own.kind),
       involved (party, nth, person_id, institution_id) as (values ('patient', 1, :patient::text, null::text), ('sponsor', 2, :sponsor, null), ('payee', 3, :payee, :institution))
     select i.party from involved i left join person p on p.id = i.person_id
     where exists (select from standing s where s.id_number_hash = p.id_number_hash or s.institution_id = i.institution_id) order by i.nth`,
    {
      tenant: campaign.tenant_id,
      at,
      patient: campaign.patient_id,
      sponsor: campaign.sponsor_id,
      payee: campaign.payee_kind === 'seeker' ? campaign.patient_id : campaign.payee_person_id,
      institution: campaign.payee_kind === 'institution' ? campaign.hospital_id : null,
    } as never,
  );
  return found.map((f) => f.party);
}
