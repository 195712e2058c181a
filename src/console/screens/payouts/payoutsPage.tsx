import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactNode, useRef } from 'react';
import type { components } from '../../../../dist/openapi/schema';
import { answer, api } from '../../client/client';
import { Choice } from '../../parts/choice';
import { DayField } from '../../parts/day';
import { Exports } from '../../parts/exports';
import { Money, Time, yuan } from '../../parts/format';
import { useKeys } from '../../parts/keys';
import { Badge, PageTitle, Waiting } from '../../parts/page';
import { type Column, DataTable } from '../../parts/table';
import { type Translate, useText, wordOf } from '../../text/catalogue';

type Payout = components['schemas']['ListedPayout'];

export const PAYOUT_STATES = ['reserved', 'submitted', 'unknown', 'succeeded', 'failed', 'returned'] as const;
const TONE = { reserved: 'plain', submitted: 'plain', unknown: 'warn', succeeded: 'good', failed: 'bad', returned: 'bad' } as const;

interface Search {
  readonly state?: (typeof PAYOUT_STATES)[number] | undefined;
  readonly campaign?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly after?: string | undefined;
}

/** Every payout by state, campaign and day, with the totals of what is looked at; the file is of the same filter. */
export function PayoutsPage(): ReactNode {
  const t = useText();
  const navigate = useNavigate();
  const search = useSearch({ from: '/payouts' }) as Search;
  const form = useRef<HTMLFormElement>(null);
  const { state, campaign, from, to, after } = search;
  const filter = { ...(state && { state }), ...(campaign && { campaignId: campaign }), ...(from && { from }), ...(to && { to }) };
  const found = useQuery({
    queryKey: ['payouts', search],
    queryFn: () => answer(api.GET('/v1/payouts', { params: { query: { ...filter, limit: '50', ...(after && { after }) } as never } })),
    placeholderData: keepPreviousData,
  });
  const set = (change: Search): void => void navigate({ to: '/payouts', search: { ...search, after: undefined, ...change } as never });
  useKeys([{ key: '/', text: 'keys.search', run: () => form.current?.querySelector('select')?.focus() }]);
  return (
    <>
      <PageTitle title={t('nav.payouts')} />
      <form className="filter" ref={form} aria-label={t('shell.filter')} onSubmit={(event) => event.preventDefault()}>
        <Choice
          label={t('payouts.state')}
          value={state}
          choices={PAYOUT_STATES.map((word) => [word, t(`payoutState.${word}`)] as const)}
          choose={(chosen) => set({ state: chosen })}
        />
        <DayField label={t('statement.from')} value={from} choose={(day) => set({ from: day })} />
        <DayField label={t('statement.to')} value={to} choose={(day) => set({ to: day })} />
      </form>
      {!found.data ? (
        <Waiting error={found.error} retry={() => void found.refetch()} />
      ) : (
        <>
          <p>
            {t('payouts.total', {
              n: found.data.totals.count,
              gross: yuan(found.data.totals.grossFen),
              fee: yuan(found.data.totals.feeFen),
              net: yuan(found.data.totals.netFen),
            })}
          </p>
          <Exports ask={(format) => api.GET('/v1/exports/payouts', { params: { query: { ...filter, format } }, parseAs: 'blob' })} />
          <DataTable
            caption={t('payouts.caption')}
            columns={columns(t)}
            rows={found.data.payouts}
            rowKey={(row) => row.id}
            empty={t('payouts.empty')}
          />
          {found.data.next && (
            <p>
              <Link to="/payouts" search={{ ...search, after: found.data.next } as never}>
                {t('shell.more')}
              </Link>
            </p>
          )}
        </>
      )}
    </>
  );
}

const columns = (t: Translate): Column<Payout>[] => [
  {
    id: 'payout',
    head: t('payouts.payout'),
    cell: (row) => (
      <>
        <Link data-row to="/statements/$campaignId" params={{ campaignId: row.campaignId }}>
          {row.title}
        </Link>{' '}
        <code className="muted">{row.id}</code>
      </>
    ),
  },
  {
    id: 'state',
    head: t('payouts.state'),
    cell: (row) => <Badge tone={TONE[row.state]}>{t(`payoutState.${row.state}`)}</Badge>,
  },
  { id: 'payee', head: t('batch.payee'), cell: (row) => wordOf(t, 'payee', row.payeeKind) },
  { id: 'gross', head: t('payouts.gross'), figures: true, cell: (row) => <Money fen={row.grossFen} /> },
  { id: 'fee', head: t('payouts.fee'), figures: true, cell: (row) => <Money fen={row.feeFen} /> },
  { id: 'net', head: t('payouts.net'), figures: true, cell: (row) => <Money fen={row.netFen} /> },
  { id: 'made', head: t('payouts.made'), cell: (row) => <Time at={row.reservedAt} /> },
  { id: 'booked', head: t('payouts.booked'), cell: (row) => (row.bookedAt ? <Time at={row.bookedAt} /> : '—') },
  {
    id: 'recalls',
    head: t('nav.recalls'),
    // What the bank has never heard of is not asked back.
    cell: (row) =>
      row.state === 'reserved' ? (
        '—'
      ) : (
        <Link to="/recalls" search={{ payout: row.id } as never}>
          {t('nav.recalls')}
        </Link>
      ),
  },
];
