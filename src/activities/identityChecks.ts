import { ulid } from 'ulid';
import type { IdentityService, IdentityVerdict } from '../adapters/verification/port';
import { type Database, row } from '../database/connect';
import { isBankCard } from '../domain/identifiers';
import { currentAccount } from '../records/approvals';
import type { CampaignRow } from '../records/campaigns';
import { keyOf, personInTheClear } from '../records/people';
import type { PersonalData } from '../security/personalData';

interface Asking {
  readonly db: Database;
  readonly personalData: PersonalData;
  readonly identity: IdentityService;
}

/** IDENTITY: asks about each party that there is no answer for yet; by three elements where a phone was given, by two otherwise. @param nowMs business time. */
export async function checkParties({ db, personalData, identity }: Asking, campaign: CampaignRow, nowMs: number): Promise<void> {
  const parties = [['patient', campaign.patient_id], ...(campaign.sponsor_relation === 'self' ? [] : [['sponsor', campaign.sponsor_id]])] as [
    'patient' | 'sponsor',
    string,
  ][];
  for (const [party, personId] of parties) {
    const known = await row<{ verdict: string }>(
      db,
      `select verdict from identity_check where campaign_id = ? and party = ? and (verdict <> 'unavailable' or resolution is not null)`,
      [campaign.id, party],
    );
    if (known) continue;
    const { name, idNumber, phone } = await personInTheClear(db, personalData, personId);
    const ask = (): Promise<IdentityVerdict> =>
      phone === null ? identity.checkTwoElements(name, idNumber!) : identity.checkThreeElements(name, idNumber!, phone);
    const verdict = idNumber === null ? 'no-record' : await ask();
    await db.raw(
      `insert into identity_check (id, campaign_id, person_id, party, verdict, elements, checked_at) values (?, ?, ?, ?, ?, ?, ?)
       on conflict (campaign_id, party) do update set verdict = excluded.verdict, checked_at = excluded.checked_at where identity_check.resolution is null`,
      [ulid(), campaign.id, personId, party, verdict, phone === null ? 2 : 3, new Date(nowMs)],
    );
  }
}

/** PAYEE: asks once by four elements whether a person's card is theirs, where the submission gave their number and phone. The bank's check of the name comes beside it. */
export async function checkCard({ db, personalData, identity }: Asking, campaign: CampaignRow, nowMs: number): Promise<void> {
  const payeeId = campaign.payee_kind === 'seeker' ? campaign.patient_id : campaign.payee_person_id;
  const account = await currentAccount(db, campaign.id);
  if (!account || payeeId === null || campaign.payee_kind === 'institution') return;
  if (await row(db, `select 1 from card_check where account_id = ? and verdict <> 'unavailable'`, [account.id])) return;
  const { name, idNumber, phone } = await personInTheClear(db, personalData, payeeId);
  const key = await keyOf(db, personalData, campaign.patient_id);
  const number = key.open(account.number_enc, 'payee-account.number');
  if (idNumber === null || phone === null || !isBankCard(number)) return;
  const verdict = await identity.checkFourElements(name, idNumber, number, phone);
  await db.raw(
    `insert into card_check (account_id, verdict, checked_at) values (?, ?, ?)
     on conflict (account_id) do update set verdict = excluded.verdict, checked_at = excluded.checked_at where card_check.verdict = 'unavailable'`,
    [account.id, verdict, new Date(nowMs)],
  );
}
