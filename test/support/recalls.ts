import type { Answer, House } from './house';
import { passwordOf, type StaffName, type Tenant } from './people';

/** A recall as finance is shown it. */
export interface Recall {
  readonly id: string;
  readonly state: string;
  readonly digest: string;
  readonly code: string;
}

/** Somebody asks a payout back. @returns the answer as it is. */
export async function recallAsked(
  house: House,
  tenant: Tenant,
  payoutId: string,
  who: StaffName = 'maker',
  over: object = {},
): Promise<Answer<Recall>> {
  const body = { reason: 'duplicate', words: '同一笔费用已付过', ...over };
  return house.ask('POST', `/v1/payouts/${payoutId}/recalls`, { as: tenant.sessions[who], body });
}

/** Somebody shows that it is them and confirms what they were shown. @returns the answer as it is. */
export async function recallConfirmed(
  house: House,
  tenant: Tenant,
  recall: Pick<Recall, 'id' | 'digest'>,
  who: StaffName = 'checkerA',
): Promise<Answer<Recall>> {
  const as = tenant.sessions[who];
  const shown = { act: 'recall.confirm', digest: recall.digest, password: passwordOf(as) };
  const { stepUp = 'none' } = (await house.ask<{ stepUp?: string }>('POST', '/v1/step-ups', { as, body: shown })).body;
  return house.ask('POST', `/v1/recalls/${recall.id}/confirmation`, { as, body: { stepUp } });
}
