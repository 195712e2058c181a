import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { answer, api, newKey } from '../../client/client';
import { Dialog } from '../../parts/dialog';
import { Money, yuan } from '../../parts/format';
import { useText, wordOf } from '../../text/catalogue';
import type { MoneyException } from '../exceptions/exceptionsPage';
import type { Proposal } from './proposals';
import type { ReconciliationSearch } from './reconciliationPage';

interface Props {
  readonly of: MoneyException;
  readonly matches: readonly { readonly proposal: Proposal; readonly amountFen: string }[];
  readonly sumFen: string;
  readonly restFen: string;
  readonly close: () => void;
  readonly done: () => void;
}

/** What is about to be matched, and the one key that sends it: all of it or nothing. The screen shows it as matched when the books have it. */
export function AcceptDialog({ of, matches, sumFen, restFen, close, done }: Props): ReactNode {
  const t = useText();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const search = useSearch({ from: '/reconciliation' }) as ReconciliationSearch;
  // The same for every try: a match whose answer was lost is not made twice.
  const [key] = useState(newKey);
  const send = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/v1/exceptions/{id}/match-sets', {
          params: { path: { id: of.id }, header: { 'Idempotency-Key': key } },
          body: { matches: matches.map(({ proposal, amountFen }) => ({ target: proposal.target, amountFen })) },
        }),
      ),
    // The line stays on the screen though it leaves the list, so that what was done can be seen and undone.
    onSuccess: async () => {
      await navigate({ to: '/reconciliation', search: { ...search, line: of.id } });
      done();
      close();
    },
    onSettled: () => {
      for (const first of ['exception', 'exceptions', 'reconciliation']) void cache.invalidateQueries({ queryKey: [first] });
    },
  });
  return (
    <Dialog
      firstIsButton
      title={t('recon.accept.title', { n: matches.length, total: yuan(sumFen) })}
      act={t('recon.accept')}
      busy={send.isPending}
      error={send.error}
      send={() => send.mutate()}
      close={close}
    >
      <ul className="plain lined">
        {matches.map(({ proposal, amountFen }) => (
          <li key={`${proposal.target.kind}/${proposal.target.id}`}>
            {wordOf(t, 'target', proposal.target.kind)}
            {proposal.title && ` · ${proposal.title}`} <Money fen={amountFen} />
          </li>
        ))}
      </ul>
      <p className="muted">{restFen === '0' ? t('recon.accept.whole') : t('recon.accept.rest', { rest: yuan(restFen) })}</p>
      <p role="status">{send.isPending && t('recon.wait')}</p>
    </Dialog>
  );
}
