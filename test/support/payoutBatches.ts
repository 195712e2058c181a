import { controlSum } from '../../src/domain/payoutBatch';
import type { Answer, House } from './house';
import { aKey } from './identifiers';
import { passwordOf, type Tenant } from './people';
import type { Release } from './releases';

export interface Line {
  readonly lineId: string;
  readonly releaseId: string;
  readonly amountFen: string;
}

export interface Batch {
  readonly id: string;
  readonly state: string;
  readonly declaredAt: string;
  readonly emergency: { readonly promisedBy: string } | null;
  readonly lines: Readonly<Record<string, { readonly count: number }>>;
  readonly proposal: { readonly id: string; readonly digest: string } | null;
}

interface Taken {
  readonly included: number;
  readonly excluded: number;
  readonly leftOut: { readonly lineId: string; readonly excluded: { readonly code: string } }[];
}

/** A line of a release of ¥10,000. */
export const lineOf = (release: Pick<Release, 'id'>, lineId: string): Line => ({ lineId, releaseId: release.id, amountFen: '1000000' });

/** Declares a batch of exactly these lines. */
export function declared(house: House, tenant: Tenant, lines: readonly Line[], more: { readonly as?: string } = {}): Promise<Answer<Batch>> {
  const fen = lines.map((line) => ({ releaseId: line.releaseId, amountFen: BigInt(line.amountFen) }));
  const body = { count: lines.length, totalFen: fen.reduce((sum, line) => sum + line.amountFen, 0n), controlSum: controlSum(fen) };
  return house.ask('POST', '/v1/payout-batches', { as: more.as ?? tenant.sessions.maker, key: aKey(), body });
}

/** Gives lines as JSON. */
export function given(
  house: House,
  tenant: Tenant,
  batchId: string,
  lines: readonly Line[],
  more: { readonly as?: string } = {},
): Promise<Answer<Taken>> {
  return house.ask('POST', `/v1/payout-batches/${batchId}/lines`, { as: more.as ?? tenant.sessions.maker, key: aKey(), body: { lines } });
}

/** A declared batch with a line for each release, `line-0` and on. */
export async function aBatchOf(house: House, tenant: Tenant, releases: readonly Pick<Release, 'id'>[]): Promise<Batch> {
  const all = releases.map((release, i) => lineOf(release, `line-${i}`));
  const made = await declared(house, tenant, all);
  expect(made.status).toBe(201);
  expect(await given(house, tenant, made.body.id, all)).toMatchObject({ status: 201, body: { included: all.length, excluded: 0 } });
  return batchOf(house, tenant, made.body.id);
}

export async function batchOf(house: House, tenant: Tenant, id: string): Promise<Batch> {
  return (await house.ask<Batch>('GET', `/v1/payout-batches/${id}`, { as: tenant.sessions.checkerA })).body;
}

export async function lines(house: House, tenant: Tenant, id: string): Promise<object[]> {
  return (await house.ask<{ lines: object[] }>('GET', `/v1/payout-batches/${id}/lines`, { as: tenant.sessions.checkerA })).body.lines;
}

export function proposedBatch(house: House, tenant: Tenant, id: string): Promise<Answer<Batch>> {
  return house.ask('POST', `/v1/payout-batches/${id}/proposal`, { as: tenant.sessions.maker });
}

export function retried(house: House, tenant: Tenant, id: string): Promise<Answer<Batch>> {
  return house.ask('POST', `/v1/payout-batches/${id}/retry`, { as: tenant.sessions.maker });
}

export function cancelled(house: House, tenant: Tenant, id: string, as: string = tenant.sessions.maker): Promise<Answer> {
  return house.ask('POST', `/v1/payout-batches/${id}/cancellation`, { as, body: { reason: '信息有误' } });
}

/** Somebody signs a batch under a step-up of its own. @returns the answer as it is. */
export async function signsBatch(
  house: House,
  as: string,
  id: string,
  digest: string,
  decision: 'approve' | 'reject' = 'approve',
): Promise<Answer<Batch>> {
  const shown = await house.ask<{ stepUp?: string }>('POST', '/v1/step-ups', { as, body: { act: 'batch.sign', digest, password: passwordOf(as) } });
  return house.ask('POST', `/v1/payout-batches/${id}/signatures`, {
    as,
    key: aKey(),
    body: { digest, decision, stepUp: shown.body.stepUp ?? 'none' },
  });
}

/** Both checkers approve. */
export async function signedBatch(house: House, tenant: Tenant, id: string, digest: string): Promise<void> {
  for (const as of [tenant.sessions.checkerA, tenant.sessions.checkerB])
    expect(await signsBatch(house, as, id, digest)).toMatchObject({ status: 201 });
}

export function csvOf(lines: readonly Line[]): string {
  return ['lineId,releaseId,amountFen', ...lines.map((line) => `${line.lineId},${line.releaseId},${line.amountFen}`)].join('\r\n');
}
