import type { Connection } from '../database/connect';
import { traceparent } from '../observability/trace';
import type { Told } from './outbox';

/** More than this many words at once are a crowd's: a word to one goes before them. */
const CROWD = 20;

/** Tells many workflows in one statement, each like `tell`. */
export async function tellAll(
  tx: Connection,
  all: readonly (Told & { readonly tenantId: string; readonly id: string; readonly cause: string })[],
): Promise<void> {
  if (all.length === 0) return;
  const text = JSON.stringify(
    all.map((to) => ({
      id: `${to.notice}/${to.workflow}/${to.id}/${to.cause}`,
      tenant: to.tenantId,
      type: to.workflow,
      workflow: `${to.workflow}/${to.id}`,
      subject: to.id,
      notice: to.notice,
    })),
  );
  await tx.raw(
    `insert into outbox (id, tenant_id, workflow_type, workflow_id, subject_id, notice, traceparent, crowd)
     select x.id, x.tenant, x.type, x.workflow, x.subject, x.notice, ?, ?
     from jsonb_to_recordset(?::jsonb) as x (id text, tenant text, type text, workflow text, subject text, notice text) on conflict (id) do nothing`,
    [traceparent() as never, all.length > CROWD, text],
  );
}
