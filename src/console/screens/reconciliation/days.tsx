import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { components } from '../../../../dist/openapi/schema';
import { answer, api } from '../../client/client';
import { Money, Time, yuan } from '../../parts/format';
import { Badge, Waiting } from '../../parts/page';
import { type Column, DataTable } from '../../parts/table';
import { type Translate, useText } from '../../text/catalogue';
import type { ReconciliationSearch } from './reconciliationPage';

type Day = components['schemas']['ReconciliationDay'];

/** The days of the custody account; one that is chosen narrows the lines to it. */
export function Days({ search }: { readonly search: ReconciliationSearch }): ReactNode {
  const t = useText();
  const { to } = search;
  const found = useQuery({
    queryKey: ['reconciliation', 'days', to],
    queryFn: () => answer(api.GET('/v1/reconciliation-days', { params: { query: to ? { to } : {} } })),
    placeholderData: keepPreviousData,
  });
  if (!found.data) return <Waiting error={found.error} retry={() => void found.refetch()} />;
  // Days of which the bank said nothing and that nobody closed tell nothing.
  const told = found.data.days.filter((day) => day.lines > 0 || day.unmatched > 0 || day.closedAt !== null);
  return (
    <>
      <DataTable caption={t('recon.days')} columns={columns(t, search)} rows={told} rowKey={(row) => row.day} empty="—" keys={false} />
      <p className="row">
        <Link to="/reconciliation" search={{ ...search, to: found.data.before }}>
          {t('recon.earlier')}
        </Link>
        {to && (
          <Link to="/reconciliation" search={{ ...search, to: undefined }}>
            {t('recon.latest')}
          </Link>
        )}
      </p>
    </>
  );
}

const columns = (t: Translate, search: ReconciliationSearch): Column<Day>[] => [
  {
    id: 'day',
    head: t('recon.day'),
    cell: (row) => (
      <Link
        to="/reconciliation"
        search={{ ...search, day: row.day, line: undefined }}
        {...(search.day === row.day ? { 'aria-current': 'true' as const } : {})}
      >
        {row.day}
      </Link>
    ),
  },
  { id: 'lines', head: t('recon.lines'), figures: true, cell: (row) => row.lines },
  { id: 'credited', head: t('recon.credited'), figures: true, cell: (row) => <Money fen={row.creditedFen} /> },
  { id: 'debited', head: t('recon.debited'), figures: true, cell: (row) => <Money fen={row.debitedFen} /> },
  {
    id: 'unmatched',
    head: t('recon.unmatched'),
    figures: true,
    cell: (row) =>
      row.unmatched === 0 ? (
        t('recon.unmatched.none')
      ) : (
        <Badge tone="warn">{t('recon.unmatchedOf', { n: row.unmatched, total: yuan(row.unmatchedFen) })}</Badge>
      ),
  },
  {
    id: 'close',
    head: t('recon.close'),
    cell: (row) =>
      row.closedAt ? (
        <>
          <Badge tone="good">{t('recon.closed')}</Badge> <Time at={row.closedAt} />
        </>
      ) : (
        <Badge tone="plain">{t('recon.notClosed')}</Badge>
      ),
  },
];
