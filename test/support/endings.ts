import type { Answer, House } from './house';
import type { Tenant } from './people';

/** The platform files a complaint. @returns its id. */
export async function aComplaint(house: House, tenant: Tenant, campaignId: string, over: Record<string, unknown> = {}): Promise<string> {
  const body = { subject: 'plea', text: '据称家中另有商铺', ...over };
  const filed = await house.ask<{ id: string }>('POST', `/v1/campaigns/${campaignId}/complaints`, { as: tenant.platformKey, body });
  expect(filed).toMatchObject({ status: 201 });
  return filed.body.id;
}

/** The operator does something with a complaint. @returns the answer as it is. */
export async function judges<B = { state: string }>(
  house: House,
  tenant: Tenant,
  complaintId: string,
  act: string,
  body: object,
): Promise<Answer<B>> {
  return house.ask<B>('POST', `/v1/complaints/${complaintId}/${act}`, { as: tenant.sessions.operator, body });
}

export const ADMISSIBLE = { admissible: true, reason: '所述事实可以核查' };
export const UPHELD = { verdict: 'upheld', ground: 'hidden-assets', reason: '产权登记属实', reply: '经核查，投诉属实，筹款已终止并退款。' };
export const DISMISSED = { verdict: 'dismissed', reason: '查无此事', reply: '经核查，投诉不属实。' };

/** An admissible complaint, not decided. @returns its id. */
export async function anAdmissibleComplaint(house: House, tenant: Tenant, campaignId: string): Promise<string> {
  const id = await aComplaint(house, tenant, campaignId);
  expect(await judges(house, tenant, id, 'admissibility', ADMISSIBLE)).toMatchObject({ status: 200, body: { state: 'investigating' } });
  return id;
}

/** The platform reports the patient's death. @returns the report's id. */
export async function aDeath(house: House, tenant: Tenant, campaignId: string): Promise<string> {
  const reported = await house.ask<{ id: string }>('POST', `/v1/campaigns/${campaignId}/deaths`, {
    as: tenant.platformKey,
    body: { diedOn: '2021-03-01' },
  });
  expect(reported).toMatchObject({ status: 201 });
  return reported.body.id;
}

/** The platform asks for a donor. @returns the request's id. */
export async function askedBack(house: House, tenant: Tenant, giftId: string): Promise<string> {
  const asked = await house.ask<{ requests: { id: string }[] }>('POST', `/v1/gifts/${giftId}/refund-requests`, {
    as: tenant.platformKey,
    body: { reason: '捐错了' },
  });
  expect(asked).toMatchObject({ status: 201 });
  return asked.body.requests.at(-1)!.id;
}
