import { type Connection, rows } from '../../database/connect';
import type { Holdings } from '../../engines/snapshot';

/**
 * @param demonstration its platforms' ids
 * @returns of every other platform and sandbox, what it holds: campaigns, people and keys, by their numbers
 */
export async function holdingsBeside(connection: Connection, demonstration: readonly string[]): Promise<Holdings> {
  const found = await rows<{ id: string; held: string }>(
    connection,
    `select t.id, concat_ws('/', (select count(*) from campaign c where c.tenant_id = t.id), (select count(*) from staff s where s.tenant_id = t.id),
       (select count(*) from api_key k where k.tenant_id = t.id)) as held
     from tenant t where not t.id = any(?) order by t.id`,
    [demonstration] as never,
  );
  return Object.fromEntries(found.map(({ id, held }) => [id, held]));
}

/** @returns the platforms that hold more, or less, than they did. */
export function whatChanged(before: Holdings, now: Holdings): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(now)])].filter((id) => before[id] !== now[id]);
}
