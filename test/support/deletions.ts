import { row } from '../../src/database/connect';
import type { House } from './house';
import { anIdNumber } from './identifiers';
import { aColleague, type Tenant } from './people';

/** Somebody whom the tenant knows and no campaign is about. @returns their id. */
export async function aPerson(house: House, tenant: Tenant, name = '张三', idNumber = anIdNumber()): Promise<string> {
  const made = await house.ask<{ id: string }>('POST', '/v1/sandbox/listings', {
    as: house.sandboxKey,
    body: { tenantId: tenant.id, name, idNumber },
  });
  expect(made).toMatchObject({ status: 201 });
  return (await row<{ person_id: string }>(house.db, 'select person_id from blacklist_listing where id = ?', [made.body.id]))!.person_id;
}

/** An operator takes a person's request to delete their data. @returns whom, and the request's id. */
export async function aPersonAskedFor(house: House, tenant: Tenant): Promise<{ personId: string; deletionId: string }> {
  const personId = await aPerson(house, tenant);
  const asked = await house.ask<{ id: string }>('POST', `/v1/people/${personId}/deletion`, {
    as: (await aColleague(house, tenant, 'operator')).session,
    body: { reason: '本人书面申请删除信息' },
  });
  expect(asked).toMatchObject({ status: 201 });
  return { personId, deletionId: asked.body.id };
}
