import { type Connection, row, rows } from '../database/connect';
import type { EarlierRaise } from '../domain/convention/facts';
import type { CampaignRow } from './campaigns';

/** A raise before this one, as the reconciliation of expenses looks at it. */
export interface RaiseBefore extends EarlierRaise {
  /** The campaign's id, or that of the register's row. */
  readonly id: string;
  /** What reached the payees, in fen. */
  readonly paidFen: bigint;
}

/** @returns the first three characters of an ICD-10 code: what counts as the same illness. */
export const illnessOf = (diagnosisCode: string): string => diagnosisCode.slice(0, 3);

/**
 * ONE-RAISE, SECOND-ASK: finds the patient's other raises by the keyed hash of their citizen number: campaigns of every tenant here that run or were
 * settled, and the register. Real platforms look at real ones, sandbox tenants at sandbox ones. Of two campaigns in certificate publicity the
 * later one gives way. @returns them in order of id.
 */
export async function raisesBefore(connection: Connection, campaign: CampaignRow): Promise<RaiseBefore[]> {
  const found = await rows<{ id: string; platform: string; status: EarlierRaise['status']; illness: string; ask_fen: bigint; paid_fen: bigint }>(
    connection,
    `with self as (select c.id, c.phase, c.phase_since, p.id_number_hash as hash, t.kind
       from campaign c join person p on p.id = c.patient_id join tenant t on t.id = c.tenant_id where c.id = :id)
     select c.id, t.platform, case when c.phase = 'settled' then 'settled' else 'running' end as status, left(c.diagnosis_code, 3) as illness, c.ask_fen,
       coalesce((select sum(net_fen)::bigint from payout where campaign_id = c.id and state = 'succeeded'), 0) as paid_fen
     from self join person p on p.id_number_hash = self.hash join campaign c on c.patient_id = p.id and c.id <> self.id
       join tenant t on t.id = c.tenant_id and t.kind = self.kind
     where c.phase in ('fundraising', 'settlement', 'release', 'refunding', 'settled')
        or (c.phase = 'certificate-publicity' and (self.phase <> 'certificate-publicity' or (c.phase_since, c.id) < (self.phase_since, self.id)))
     union all
     select e.id, e.platform, e.status, e.illness, e.ask_fen, e.paid_fen
     from self join earlier_raise e on e.id_number_hash = self.hash join tenant t on t.id = e.tenant_id and t.kind = self.kind
     order by 1`,
    { id: campaign.id },
  );
  return found.map((r) => ({
    id: r.id,
    platform: r.platform,
    status: r.status,
    sameIllness: r.illness === illnessOf(campaign.diagnosis_code),
    askFen: r.ask_fen,
    paidFen: r.paid_fen,
  }));
}

/** Two campaigns of one patient open one after the other: taken before their openings are judged, held to the transaction's end. */
export async function lockPatient(tx: Connection, campaign: CampaignRow): Promise<void> {
  await tx.raw(`select pg_advisory_xact_lock(hashtextextended('patient/' || encode(id_number_hash, 'hex'), 0)) from person where id = ?`, [
    campaign.patient_id,
  ]);
}

/** DESIGNATION: @returns the campaign's platform, and whether it was designated on a civil day (`YYYY-MM-DD`, Asia/Shanghai). */
export async function platformOn(connection: Connection, tenantId: string, day: string): Promise<{ id: string; designated: boolean }> {
  const found = await row<{ id: string; designated: boolean }>(
    connection,
    `select t.platform as id, exists (select from platform_designation d where d.platform = t.platform and d.designated_from <= :day
       and (d.designated_until is null or d.designated_until > :day)) as designated
     from tenant t where t.id = :tenantId`,
    { tenantId, day },
  );
  return found!;
}
