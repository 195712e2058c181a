import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Button } from 'antd';
import { type ReactNode, useRef, useState } from 'react';
import { answer, api } from '../../client/client';
import { Choice } from '../../parts/choice';
import { Money, Time } from '../../parts/format';
import { useKeys } from '../../parts/keys';
import { type Me, useMe } from '../../parts/me';
import { Badge, PageTitle, Waiting } from '../../parts/page';
import { type Column, DataTable } from '../../parts/table';
import { type Translate, useText } from '../../text/catalogue';
import { AskDialog, ConfirmDialog, type Recall, WithdrawDialog } from './recallDialogs';

export const RECALL_STATES = ['asked', 'confirmed', 'sent', 'accepted', 'returned', 'refused', 'moot', 'withdrawn'] as const;
const STANDING: readonly Recall['state'][] = ['asked', 'confirmed', 'sent', 'accepted'];
const TONE: Readonly<Record<Recall['state'], 'good' | 'bad' | 'warn' | 'plain'>> = {
  ...{ asked: 'warn', confirmed: 'plain', sent: 'plain', accepted: 'plain' },
  ...{ returned: 'good', refused: 'bad', moot: 'plain', withdrawn: 'plain' },
};

interface Search {
  readonly state?: Recall['state'] | undefined;
  readonly payout?: string | undefined;
  readonly after?: string | undefined;
}
type Act = { readonly name: 'ask' } | { readonly name: 'confirm' | 'withdraw'; readonly recall: Recall };

/** Every recall by state, or those of one payout, which may be asked back here; a checker who did not ask confirms. Others of the platform look on. */
export function RecallsPage(): ReactNode {
  const t = useText();
  const me = useMe();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const search = useSearch({ from: '/recalls' }) as Search;
  const form = useRef<HTMLFormElement>(null);
  const [act, setAct] = useState<Act | null>(null);
  const [done, setDone] = useState(false);
  const { state, payout, after } = search;
  const query = { ...(state && { state }), ...(payout && { payoutId: payout }), ...(after && { after }), limit: '50' };
  const found = useQuery({
    queryKey: ['recalls', search],
    queryFn: () => answer(api.GET('/v1/recalls', { params: { query: query as never } })),
    placeholderData: keepPreviousData,
  });
  const recalls = found.data?.recalls ?? [];
  const mayAsk =
    isOfFinance(me) && payout !== undefined && !state && found.data !== undefined && !recalls.some((recall) => STANDING.includes(recall.state));
  const choose = (chosen: Act): void => {
    setDone(false);
    setAct(chosen);
  };
  useKeys([
    { key: '/', text: 'keys.search', run: () => form.current?.querySelector('select')?.focus() },
    ...(mayAsk ? [{ key: 'n', text: 'recall.ask' as const, run: () => choose({ name: 'ask' }) }] : []),
  ]);
  const ends = {
    close: () => setAct(null),
    done: () => {
      setAct(null);
      setDone(true);
      void cache.invalidateQueries({ queryKey: ['recalls'] });
    },
  };
  return (
    <>
      <PageTitle title={payout ? t('recalls.of') : t('nav.recalls')} />
      {payout && (
        <p>
          <code>{payout}</code> <Link to="/recalls">{t('shell.all')}</Link>
        </p>
      )}
      <form className="filter" ref={form} aria-label={t('shell.filter')} onSubmit={(event) => event.preventDefault()}>
        <Choice
          label={t('recalls.state')}
          value={state}
          choices={RECALL_STATES.map((word) => [word, t(`recallState.${word}`)] as const)}
          choose={(chosen) => void navigate({ to: '/recalls', search: { ...search, after: undefined, state: chosen } as never })}
        />
      </form>
      <div role="status">{done && <p className="alert good">{t('recall.done')}</p>}</div>
      {mayAsk && (
        <p>
          <Button onClick={() => choose({ name: 'ask' })}>
            {t('recall.ask')} <kbd>n</kbd>
          </Button>
        </p>
      )}
      {!found.data ? (
        <Waiting error={found.error} retry={() => void found.refetch()} />
      ) : (
        <>
          <DataTable
            caption={t('recalls.caption')}
            columns={columns(t, me, choose)}
            rows={recalls}
            rowKey={(row) => row.id}
            empty={t('recalls.empty')}
          />
          {found.data.next && (
            <p>
              <Link to="/recalls" search={{ ...search, after: found.data.next } as never}>
                {t('shell.more')}
              </Link>
            </p>
          )}
        </>
      )}
      {act?.name === 'ask' && payout && <AskDialog payoutId={payout} {...ends} />}
      {act?.name === 'confirm' && <ConfirmDialog recall={act.recall} {...ends} />}
      {act?.name === 'withdraw' && <WithdrawDialog recall={act.recall} {...ends} />}
    </>
  );
}

const isOfFinance = (me: Me | undefined): boolean => me?.role === 'finance-maker' || me?.role === 'finance-checker';

const columns = (t: Translate, me: Me | undefined, choose: (act: Act) => void): Column<Recall>[] => [
  {
    id: 'payout',
    head: t('recalls.payout'),
    cell: (row) => (
      <Link data-row to="/recalls" search={{ payout: row.payoutId } as never}>
        <code>{row.payoutId}</code>
      </Link>
    ),
  },
  {
    id: 'state',
    head: t('recalls.state'),
    cell: (row) => (
      <>
        <Badge tone={TONE[row.state]}>{t(`recallState.${row.state}`)}</Badge> {row.bankCode && t('recalls.code', { code: row.bankCode })}
      </>
    ),
  },
  { id: 'amount', head: t('recalls.amount'), figures: true, cell: (row) => <Money fen={row.amountFen} /> },
  {
    id: 'reason',
    head: t('recalls.reason'),
    cell: (row) => (
      <>
        {t(`recallReason.${row.reason}`)} <span className="muted">{row.words}</span>
      </>
    ),
  },
  {
    id: 'people',
    head: t('recalls.people'),
    cell: (row) => `${row.asker} · ${row.confirmer ?? (row.state === 'asked' ? t('recalls.nobody') : '—')}`,
  },
  { id: 'since', head: t('recalls.since'), cell: (row) => <Time at={row.askedAt} /> },
  {
    id: 'acts',
    head: t('recalls.acts'),
    cell: (row) =>
      row.state !== 'asked' || !isOfFinance(me) ? (
        '—'
      ) : (
        <span className="row">
          {me?.role === 'finance-checker' && me.id !== row.askerId && (
            <Button onClick={() => choose({ name: 'confirm', recall: row })}>{t('recall.confirm')}</Button>
          )}
          <Button onClick={() => choose({ name: 'withdraw', recall: row })}>{t('recall.withdraw')}</Button>
        </span>
      ),
  },
];
