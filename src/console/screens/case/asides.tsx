import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { answer, api } from '../../client/client';
import { Asides } from '../../parts/asides';
import type { Kind } from './subject';

/** What was said about a case that waits, and the two acts on it. Nothing of a case that no longer waits. */
export function CaseAsides({ kind, subjectId }: { readonly kind: Kind; readonly subjectId: string }): ReactNode {
  const cache = useQueryClient();
  const navigate = useNavigate();
  const found = useQuery({
    queryKey: ['queue', 'one', kind, subjectId],
    queryFn: () => answer(api.GET('/v1/review-queue', { params: { query: { kind, subjectId, aside: 'any' } as never } })),
  });
  const item = found.data?.waiting[0];
  if (!item) return null;
  const subject = { kind, subjectId };
  return (
    <Asides
      of={item}
      kind="review"
      may={item.claim === null || item.claim.mine}
      day={shanghaiDay(item.dueAt)}
      roles={['reviewer']}
      putAside={(until, words) => answer(api.POST('/v1/review-queue/asides', { body: { ...subject, until, words } }))}
      escalate={(_to, words) => answer(api.POST('/v1/review-queue/escalations', { body: { ...subject, words } }))}
      done={() => {
        void cache.invalidateQueries({ queryKey: ['queue'] });
        void navigate({ to: '/queue' });
      }}
    />
  );
}

/** @returns the civil day of an instant where the house is: UTC+8 the year round. */
const shanghaiDay = (at: string): string => new Date(Date.parse(at) + 8 * 3_600_000).toISOString().slice(0, 10);
