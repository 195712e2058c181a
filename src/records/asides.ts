import { audit } from '../audit/append';
import type { Transaction } from '../database/connect';
import type { ReviewKind } from '../domain/reviewTargets';

/** What waits for a person, of whichever list. */
export interface AsideSubject {
  readonly kind: ReviewKind | 'exception';
  readonly subjectId: string;
  readonly tenantId: string;
  readonly campaignId: string | null;
}

/** A named person's act with their words. */
export interface Said {
  readonly words: string;
  readonly staffId: string;
  readonly by: string;
  readonly at: Date;
}

/** The columns that `asideJoins` gives. */
export interface AsideColumns {
  readonly aside_until: Date | null;
  readonly aside_words: string | null;
  readonly aside_name: string | null;
  readonly escalated_to: string | null;
  readonly escalated_words: string | null;
  readonly escalated_at: Date | null;
  readonly escalated_name: string | null;
  readonly escalated_by: string | null;
}

/** @returns joins that say of each row whether it is put aside now, and whether it was handed up. @param kind, subject, now SQL of the row's kind, id and business time. */
export const asideJoins = (kind: string, subject: string, now: string): string => `
  left join lateral (select a.until as aside_until, a.words as aside_words, b.display_name as aside_name from case_aside a join staff b on b.id = a.staff_id
    where a.kind = ${kind} and a.subject_id = ${subject} and a.act = 'aside' order by a.id desc limit 1) z on z.aside_until > ${now}
  left join lateral (select a.to_role as escalated_to, a.words as escalated_words, a.happened_at as escalated_at, b.display_name as escalated_name,
      a.staff_id as escalated_by from case_aside a join staff b on b.id = a.staff_id
    where a.kind = ${kind} and a.subject_id = ${subject} and a.act = 'escalated' order by a.id desc limit 1) y on true`;

/** Puts something aside until an instant that its clock allows. */
export async function putAside(tx: Transaction, of: AsideSubject, said: Said & { readonly until: Date }): Promise<void> {
  await tx('case_aside').insert({ ...common(of, said), act: 'aside', until: said.until });
  await happened(tx, of, said, 'put_aside', { endsAt: said.until.toISOString() });
}

/** Hands something up to another role. Who has it in hand goes on having it until they give it back. */
export async function escalate(tx: Transaction, of: AsideSubject, said: Said & { readonly to: string }): Promise<void> {
  await tx('case_aside').insert({ ...common(of, said), act: 'escalated', to_role: said.to });
  await happened(tx, of, said, 'escalated', { role: said.to });
}

/** @returns both as who works on it is shown them. */
export function asideView(row: AsideColumns) {
  return {
    aside: row.aside_until === null ? null : { until: row.aside_until.toISOString(), words: row.aside_words!, by: row.aside_name! },
    escalation:
      row.escalated_to === null
        ? null
        : { to: row.escalated_to, words: row.escalated_words!, by: row.escalated_name!, at: row.escalated_at!.toISOString() },
  };
}

const common = (of: AsideSubject, said: Said) => ({
  tenant_id: of.tenantId,
  kind: of.kind,
  subject_id: of.subjectId,
  words: said.words,
  staff_id: said.staffId,
  happened_at: said.at,
});

async function happened(tx: Transaction, of: AsideSubject, said: Said, what: string, data: Record<string, string>): Promise<void> {
  await audit(tx, {
    action: `${of.kind === 'exception' ? 'exception' : 'review'}.${what}`,
    subject: `${of.kind}/${of.subjectId}`,
    actor: said.by,
    tenantId: of.tenantId,
    ...(of.campaignId === null ? {} : { campaignId: of.campaignId }),
    businessAt: said.at,
    data: { kind: of.kind, ...data },
  });
}
