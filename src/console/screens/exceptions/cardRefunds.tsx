import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { type ReactNode, useState } from 'react';
import { answer, api } from '../../client/client';
import { Dialog } from '../../parts/dialog';
import { Time } from '../../parts/format';
import { useKeys } from '../../parts/keys';
import { useMe } from '../../parts/me';
import { Badge } from '../../parts/page';
import { type Column, DataTable } from '../../parts/table';
import { type Translate, useText, wordOf } from '../../text/catalogue';
import { CardDialog } from './cardDialog';
import type { MoneyException } from './exceptionsPage';

type CardRefund = NonNullable<MoneyException['cardRefunds']>[number];

const TONE = { asked: 'warn', confirmed: 'warn', taken: 'good', refused: 'bad', withdrawn: 'plain' } as const;

/** The cards that were named for a return whose account takes no more: another person of finance confirms one by writing it down again, or takes it back. */
export function CardRefunds({ of }: { readonly of: MoneyException }): ReactNode {
  const t = useText();
  const me = useMe();
  const cache = useQueryClient();
  const [open, setOpen] = useState<'confirm' | 'withdraw' | null>(null);
  const cards = of.cardRefunds ?? [];
  const asked = cards.find(({ state }) => state === 'asked');
  const isFinance = me?.role === 'finance-maker' || me?.role === 'finance-checker';
  const isMine = me !== undefined && asked?.askedBy === `${me.role}:${me.id}`;
  const acts = [
    ...(asked && isFinance && !isMine ? ([['confirm', 'c', 'card.confirm']] as const) : []),
    ...(asked && (isFinance || me?.role === 'operator') ? ([['withdraw', 'w', 'card.withdraw']] as const) : []),
  ];
  useKeys(acts.map(([act, key, text]) => ({ key, text, run: () => setOpen(act) })));
  if (cards.length === 0) return null;
  const close = (): void => setOpen(null);
  const done = (): void => {
    close();
    for (const key of ['exception', 'exceptions']) void cache.invalidateQueries({ queryKey: [key] });
  };
  return (
    <section className="card" aria-label={t('card.caption')}>
      <DataTable caption={t('card.caption')} columns={columns(t)} rows={cards} rowKey={({ id }) => id} empty="—" keys={false} />
      {asked && <p className="muted">{t(isMine || !isFinance ? 'card.another' : 'card.unseen')}</p>}
      <div className="row">
        {acts.map(([act, key, text]) => (
          <Button key={act} type={act === 'confirm' ? 'primary' : 'default'} onClick={() => setOpen(act)}>
            {t(text)} <kbd>{key}</kbd>
          </Button>
        ))}
      </div>
      {open === 'confirm' && asked && (
        <CardDialog
          title={t('card.confirm')}
          hint={t('card.confirm.hint')}
          send={(card) => answer(api.POST('/v1/card-refunds/{id}/confirmation', { params: { path: { id: asked.id } }, body: card }))}
          close={close}
          done={done}
        />
      )}
      {open === 'withdraw' && asked && <Withdraw of={asked} close={close} done={done} />}
    </section>
  );
}

function Withdraw({ of, close, done }: { readonly of: CardRefund; readonly close: () => void; readonly done: () => void }): ReactNode {
  const t = useText();
  const send = useMutation({
    mutationFn: () => answer(api.POST('/v1/card-refunds/{id}/withdrawal', { params: { path: { id: of.id } } })),
    onSuccess: done,
  });
  return (
    <Dialog
      firstIsButton
      title={t('card.withdraw')}
      act={t('card.withdraw')}
      danger
      busy={send.isPending}
      error={send.error}
      send={() => send.mutate()}
      close={close}
    >
      <p>
        {wordOf(t, 'cardBank', of.bank)} <code>{of.card}</code>
      </p>
      <p className="muted">{t('card.withdraw.sure')}</p>
    </Dialog>
  );
}

/** Who, as `role:id`, and when. */
const by = (t: Translate, who: string, at: string): ReactNode => (
  <span>
    {wordOf(t, 'role', who.split(':')[0]!)} <Time at={at} />
  </span>
);

const columns = (t: Translate): Column<CardRefund>[] => [
  {
    id: 'card',
    head: t('card.card'),
    cell: ({ bank, card }) => (
      <span>
        {wordOf(t, 'cardBank', bank)} <code>{card}</code>
      </span>
    ),
  },
  {
    id: 'state',
    head: t('exceptions.state'),
    cell: ({ state, refusal }) => (
      <span>
        <Badge tone={TONE[state]}>{wordOf(t, 'cardState', state)}</Badge> {refusal && <code>{refusal}</code>}
      </span>
    ),
  },
  { id: 'asked', head: t('card.asked'), cell: ({ askedBy, askedAt }) => by(t, askedBy, askedAt) },
  {
    id: 'confirmed',
    head: t('card.confirmed'),
    cell: ({ confirmedBy, confirmedAt }) => (confirmedBy && confirmedAt ? by(t, confirmedBy, confirmedAt) : '—'),
  },
];
