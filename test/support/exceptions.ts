import { row } from '../../src/database/connect';
import { bankLine } from './campaigns';
import type { Answer, House } from './house';
import { aKey } from './identifiers';
import type { StaffName, Tenant } from './people';

/** An exception as finance is shown it. */
export interface Shown {
  readonly id: string;
  readonly kind: string;
  readonly state: 'open' | 'resolved';
  readonly acts: string[];
  readonly ageHours: number;
  readonly owner: { readonly role: string; readonly staffId: string | null };
  readonly money: Record<string, unknown>;
  readonly matches: { readonly id: string; readonly undoneAt: string | null }[];
  readonly cause: { readonly zh: string; readonly en: string };
}

/** The bank books a line that nobody can name. @returns the exception that it is parked as. */
export async function anUnknownLine(house: House, tenant: Tenant, over: Record<string, unknown>): Promise<string> {
  const line = bankLine(tenant, over);
  expect((await house.push('bank', line)).status).toBe(204);
  return exceptionOf(house, `${tenant.custodyAccount}/${line.entries[0]!.reference}/${line.entries[0]!.sign}`);
}

/** @returns the exception about a subject. */
export async function exceptionOf(house: House, subject: string): Promise<string> {
  return (await row<{ id: string }>(house.db, 'select id from money_exception where subject = ?', [subject]))!.id;
}

/** @returns the exception as somebody is shown it. */
export async function shown(house: House, tenant: Tenant, id: string, who: StaffName = 'maker'): Promise<Shown> {
  const answer = await house.ask<Shown>('GET', `/v1/exceptions/${id}`, { as: tenant.sessions[who] });
  expect(answer.status).toBe(200);
  return answer.body;
}

/** Finance matches a line. @returns the answer as it is. */
export async function matched(
  house: House,
  tenant: Tenant,
  exceptionId: string,
  kind: string,
  targetId: string,
  amountFen: bigint,
  key = aKey(),
): Promise<Answer<Shown & { code: string; field: string }>> {
  return house.ask('POST', `/v1/exceptions/${exceptionId}/matches`, {
    as: tenant.sessions.maker,
    key,
    body: { target: { kind, id: targetId }, amountFen },
  });
}

/** Finance undoes a match. @returns the answer as it is. */
export async function undone(house: House, tenant: Tenant, matchId: string): Promise<Answer<{ code: string }>> {
  return house.ask('POST', `/v1/bank-matches/${matchId}/reversal`, { as: tenant.sessions.checkerA, body: { reason: '匹配有误' } });
}
