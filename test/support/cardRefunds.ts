import { ulid } from 'ulid';
import { row } from '../../src/database/connect';
import { aRaisedCampaign } from './campaigns';
import { exceptionOf } from './exceptions';
import type { Answer, House } from './house';
import { nowMs, type Tenant } from './people';

export interface OwedReturn {
  readonly campaignId: string;
  readonly roundId: string;
  readonly returnId: string;
  readonly exceptionId: string;
}

/** What was raised goes back, and the donor's account does not take it. */
export async function anOwedReturn(house: House, tenant: Tenant): Promise<OwedReturn> {
  const campaignId = await aRaisedCampaign(house, tenant, [300n]);
  const roundId = ulid();
  const at = new Date(await nowMs(house, tenant));
  await house.db.raw('select begin_refund(?, ?, ?, null, ?, ?, ?)', [roundId, campaignId, 'surplus', '300', 'test', at]);
  const { onRefund } = house.channel;
  house.channel.onRefund = () => ({ kind: 'ABNORMAL', text: '账户已注销' });
  await house.refunds.payment.sendReturns(roundId, at.getTime());
  house.channel.onRefund = onRefund;
  const { id } = (await row<{ id: string }>(house.db, 'select id from gift_return where round_id = ?', [roundId]))!;
  return { campaignId, roundId, returnId: id, exceptionId: await exceptionOf(house, id) };
}

/** A debit card; its last digit is its check digit. */
export const CARD = { bank: 'ICBC', number: '6222020200112230', holder: '王捐赠' } as const;

/** Somebody of finance writes a donor's card down. @returns the answer as it is. */
export function cardAsked(house: House, tenant: Tenant, exceptionId: string, card: object = CARD): Promise<Answer<{ id: string; code: string }>> {
  return house.ask('POST', `/v1/exceptions/${exceptionId}/card-refunds`, { as: tenant.sessions.maker, body: card });
}
