import { apiRoutes } from '../../src/api/app';
import type { Role } from '../../src/access/actors';
import { isPublic, POLICY } from '../../src/access/policy';
import type { House } from './house';
import { aColleague, type Tenant } from './people';

/** Each role's secret in one tenant. */
export async function everyRole(house: House, tenant: Tenant): Promise<Record<Role, string>> {
  return {
    platform: tenant.platformKey,
    hospital: tenant.hospital.key,
    sandbox: house.sandboxKey,
    reviewer: tenant.sessions.reviewer,
    'finance-maker': tenant.sessions.maker,
    'finance-checker': tenant.sessions.checkerA,
    operator: tenant.sessions.operator,
    'hospital-person': tenant.hospital.login,
    auditor: (await aColleague(house, tenant, 'auditor')).session,
    regulator: (await aColleague(house, tenant, 'regulator')).session,
    administrator: (await aColleague(house, tenant, 'administrator')).session,
  };
}

export type Route = ReturnType<typeof apiRoutes>[number];

/** Who may call a route, by the policy; nobody in particular where everybody may. */
export const rolesOf = (route: Route): readonly Role[] => (isPublic(route.act) ? [] : (POLICY[route.act] as readonly Role[]));

/** Every route that the application mounts. */
export function everyRoute(house: House): Route[] {
  return apiRoutes(house.dependencies);
}

/** A route's address with ids put in. */
export function addressOf(route: Route, id: string): string {
  return route.path.replace('{claim}', 'income').replace(/\{\w+\}/g, id);
}

export const methodOf = (route: Route): 'GET' | 'POST' | 'PUT' => route.method.toUpperCase() as 'GET' | 'POST' | 'PUT';

export const nameOf = (route: Route): string => `${route.method} ${route.path}`;
