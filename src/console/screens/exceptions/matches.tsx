import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { type ReactNode, useId, useState } from 'react';
import { answer, api } from '../../client/client';
import { Dialog } from '../../parts/dialog';
import { Money, Time } from '../../parts/format';
import { useKeys } from '../../parts/keys';
import { useMe } from '../../parts/me';
import { type Column, DataTable } from '../../parts/table';
import { useText, wordOf } from '../../text/catalogue';
import type { MoneyException } from './exceptionsPage';

type Match = NonNullable<MoneyException['matches']>[number];

/** What the line is matched with; each match is undone alone. @param undoKey whether `u` opens the last one's undoing. */
export function Matches({ of, undoKey = false }: { readonly of: MoneyException; readonly undoKey?: boolean }): ReactNode {
  const t = useText();
  const me = useMe();
  const [undoing, setUndoing] = useState<Match | null>(null);
  const mayAct = me !== undefined && me.role !== 'auditor';
  const last = (of.matches ?? []).findLast((each) => each.undoneAt === null);
  useKeys(undoKey && mayAct && last ? [{ key: 'u', text: 'recon.undo', run: () => setUndoing(last) }] : []);
  const columns: Column<Match>[] = [
    { id: 'target', head: t('exception.match.target'), cell: (row) => wordOf(t, 'target', row.target) },
    { id: 'amount', head: t('exceptions.amount'), figures: true, cell: (row) => <Money fen={row.amountFen} /> },
    { id: 'at', head: t('exception.match.at'), cell: (row) => <Time at={row.madeAt} /> },
    {
      id: 'undo',
      head: t('exception.match.undo'),
      cell: (row) =>
        row.undoneAt ? (
          <>
            {t('exception.match.undone')} <Time at={row.undoneAt} />
          </>
        ) : mayAct ? (
          <Button size="small" onClick={() => setUndoing(row)}>
            {t('exception.match.undo')}
          </Button>
        ) : (
          '—'
        ),
    },
  ];
  return (
    <>
      <DataTable
        caption={t('exception.matches')}
        columns={columns}
        rows={of.matches ?? []}
        rowKey={(row) => row.id}
        empty={t('exception.matches.none')}
        keys={false}
      />
      {undoing && <UndoDialog match={undoing} exceptionId={of.id} close={() => setUndoing(null)} />}
    </>
  );
}

function UndoDialog({ match, exceptionId, close }: { readonly match: Match; readonly exceptionId: string; readonly close: () => void }): ReactNode {
  const t = useText();
  const id = useId();
  const cache = useQueryClient();
  const [reason, setReason] = useState('');
  const undo = useMutation({
    mutationFn: () => answer(api.POST('/v1/bank-matches/{id}/reversal', { params: { path: { id: match.id } }, body: { reason } })),
    onSuccess: close,
    onSettled: () =>
      Promise.all([['exception', exceptionId], ['exceptions'], ['reconciliation']].map((queryKey) => cache.invalidateQueries({ queryKey }))),
  });
  return (
    <Dialog
      title={t('exception.match.undo')}
      act={t('exception.match.undo')}
      danger
      busy={undo.isPending}
      error={undo.error}
      send={() => undo.mutate()}
      close={close}
    >
      <p>
        {wordOf(t, 'target', match.target)} <Money fen={match.amountFen} />
      </p>
      <label htmlFor={id}>{t('exception.reason')}</label>
      <Input id={id} data-first value={reason} maxLength={1_000} required onChange={(event) => setReason(event.target.value)} />
    </Dialog>
  );
}
