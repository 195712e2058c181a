import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { answer, api } from '../../client/client';
import { Asides } from '../../parts/asides';
import { useMe } from '../../parts/me';
import type { MoneyException } from './exceptionsPage';

const ROLES = ['operator', 'finance-checker', 'finance-maker'] as const;

/** What was said about a money event, and the two acts of its owner on it. */
export function ExceptionAside({ of }: { readonly of: MoneyException }): ReactNode {
  const me = useMe();
  const cache = useQueryClient();
  const params = { path: { id: of.id } };
  return (
    <Asides
      of={of}
      kind="exception"
      may={of.state === 'open' && me !== undefined && of.owner.staffId === me.id}
      roles={ROLES.filter((role) => role !== me?.role)}
      putAside={(until, words) => answer(api.POST('/v1/exceptions/{id}/aside', { params, body: { until, words } }))}
      escalate={(to, words) => answer(api.POST('/v1/exceptions/{id}/escalation', { params, body: { to: to as (typeof ROLES)[number], words } }))}
      done={() => {
        for (const key of ['exception', 'exceptions']) void cache.invalidateQueries({ queryKey: [key] });
      }}
    />
  );
}
