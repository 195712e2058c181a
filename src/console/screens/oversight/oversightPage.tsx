import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { components } from '../../../../dist/openapi/schema';
import { answer, api } from '../../client/client';
import { Money, Time } from '../../parts/format';
import { Badge, PageTitle, Waiting } from '../../parts/page';
import { usePreferences } from '../../parts/preferences';
import { type Column, DataTable } from '../../parts/table';
import { type Translate, useText } from '../../text/catalogue';

export type Platform = components['schemas']['PlatformFigures'];
type MoneyException = components['schemas']['MoneyException'];

/** @returns what the house answers of every platform, or of one. @param which.after the cursor of the page before. */
export const usePlatforms = (which: { readonly id?: string; readonly after?: string | undefined } = {}) =>
  useQuery({
    queryKey: ['platforms', which],
    queryFn: () => answer(api.GET('/v1/tenants', { params: { query: which as never } })),
  });

/** Where a regulator begins: every platform with its money and what is open there, and money that belongs to none. */
export function OversightPage(): ReactNode {
  const t = useText();
  const { language } = usePreferences();
  const { after } = useSearch({ from: '/oversight' });
  const found = usePlatforms(after ? { after } : {});
  const unowned = useQuery({
    queryKey: ['unowned'],
    queryFn: () => answer(api.GET('/v1/unowned-exceptions', { params: { query: { state: 'open' } as never } })),
  });
  if (!found.data || !unowned.data)
    return <Waiting error={found.error ?? unowned.error} retry={() => void Promise.all([found.refetch(), unowned.refetch()])} />;
  return (
    <>
      <PageTitle title={t('nav.oversight')} />
      <DataTable
        caption={t('oversight.caption')}
        columns={platformColumns(t, language)}
        rows={found.data.tenants}
        rowKey={({ id }) => id}
        empty={t('oversight.empty')}
      />
      {found.data.next && (
        <p>
          <Link to="/oversight" search={{ after: found.data.next }}>
            {t('shell.more')}
          </Link>
        </p>
      )}
      <DataTable
        caption={t('oversight.unowned')}
        columns={unownedColumns(t, language)}
        rows={unowned.data.exceptions}
        rowKey={({ id }) => id}
        empty={t('oversight.unowned.none')}
        keys={false}
      />
    </>
  );
}

/** A platform's name in the reader's language. */
export const nameOf = (of: Platform, language: 'zh' | 'en'): string => (language === 'zh' ? of.nameZh : of.nameEn);

/** How many complaints are open, and how many of them late. */
export function ComplaintCount({ of }: { readonly of: Platform }): ReactNode {
  const t = useText();
  return (
    <>
      {of.openComplaints} {of.overdueComplaints > 0 && <Badge tone="bad">{t('oversight.overdue', { n: of.overdueComplaints })}</Badge>}
    </>
  );
}

const platformColumns = (t: Translate, language: 'zh' | 'en'): Column<Platform>[] => [
  {
    id: 'platform',
    head: t('oversight.platform'),
    cell: (row) => (
      <Link data-row to="/oversight/$tenantId" params={{ tenantId: row.id }}>
        {nameOf(row, language)}
      </Link>
    ),
  },
  { id: 'campaigns', head: t('oversight.campaigns'), figures: true, cell: (row) => `${row.campaigns} (${row.openCampaigns})` },
  { id: 'raised', head: t('oversight.raised'), figures: true, cell: (row) => <Money fen={row.raisedFen} /> },
  { id: 'pending', head: t('oversight.pending'), figures: true, cell: (row) => <Money fen={row.pendingFen} /> },
  { id: 'paid', head: t('oversight.paid'), figures: true, cell: (row) => <Money fen={row.paidFen} /> },
  { id: 'refunded', head: t('oversight.refunded'), figures: true, cell: (row) => <Money fen={row.refundedFen} /> },
  { id: 'complaints', head: t('oversight.openComplaints'), figures: true, cell: (row) => <ComplaintCount of={row} /> },
  { id: 'holds', head: t('oversight.holds'), figures: true, cell: (row) => row.standingHolds },
  { id: 'exceptions', head: t('oversight.exceptions'), figures: true, cell: (row) => row.openExceptions },
];

const unownedColumns = (t: Translate, language: 'zh' | 'en'): Column<MoneyException>[] => [
  { id: 'cause', head: t('exceptions.cause'), cell: (row) => row.cause[language] },
  {
    id: 'amount',
    head: t('exceptions.amount'),
    figures: true,
    cell: (row) => (row.money.amountFen === null ? '—' : <Money fen={row.money.amountFen} />),
  },
  { id: 'arisen', head: t('oversight.arisen'), cell: (row) => <Time at={row.arisenAt} /> },
];
