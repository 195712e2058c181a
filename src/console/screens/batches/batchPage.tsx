import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { components } from '../../../../dist/openapi/schema';
import { answer, api } from '../../client/client';
import { Money, Time } from '../../parts/format';
import { Badge, PageTitle, Waiting } from '../../parts/page';
import { type Column, DataTable } from '../../parts/table';
import { type Translate, useText, wordOf } from '../../text/catalogue';
import { BATCH_TONE } from './batchesPage';
import { CheckTotals } from './checkTotals';
import { EmergencyNote } from './emergency';
import { Lines } from './lines';
import { SignBatch } from './signBatch';

export type Batch = components['schemas']['PayoutBatch'];
export type Check = components['schemas']['CheckAnswers'];
type Line = Check['largest'][number];

/** How often a batch that is being paid is looked after, ms. */
const LOOK_MS = 3_000;

/** One batch as its checkers check it: what is signed, unusual and large lines first, who signed, who may; then where its lines went. */
export function BatchPage(): ReactNode {
  const t = useText();
  const { batchId } = useParams({ from: '/batches/$batchId' });
  const path = { id: batchId };
  const batch = useQuery({
    queryKey: ['batch', batchId],
    queryFn: () => answer(api.GET('/v1/payout-batches/{id}', { params: { path } })),
    refetchInterval: ({ state }) => (state.data?.state === 'approved' && !state.data.terminal ? LOOK_MS : false),
  });
  const check = useQuery({
    queryKey: ['batch', batchId, 'check'],
    queryFn: () => answer(api.GET('/v1/payout-batches/{id}/check', { params: { path } })),
  });
  if (!batch.data || !check.data)
    return (
      <Waiting
        error={batch.error ?? check.error}
        retry={() => {
          void batch.refetch();
          void check.refetch();
        }}
      />
    );
  return (
    <>
      <p className="crumbs">
        <Link to="/batches">{t('nav.batches')}</Link>
      </p>
      <PageTitle title={t('batch.title', { id: batchId.slice(-8) })}>
        <Badge tone={BATCH_TONE[batch.data.state]}>{wordOf(t, 'batchState', batch.data.state)}</Badge>
      </PageTitle>
      <EmergencyNote of={batch.data} />
      <CheckTotals batch={batch.data} check={check.data} />
      <SignBatch batch={batch.data} />
      {check.data.changed.length > 0 && (
        <DataTable
          caption={t('batch.changedLines')}
          columns={changedColumns(t)}
          rows={check.data.changed}
          rowKey={(row) => row.lineId}
          empty="—"
          keys={false}
        />
      )}
      {check.data.totals && (
        <>
          <DataTable
            caption={t('batch.unusual')}
            columns={lineColumns(t)}
            rows={check.data.unusual}
            rowKey={(row) => row.lineId}
            empty={t('batch.unusual.none')}
            keys={false}
          />
          <DataTable
            caption={t('batch.largest')}
            columns={lineColumns(t)}
            rows={check.data.largest}
            rowKey={(row) => row.lineId}
            empty="—"
            keys={false}
          />
        </>
      )}
      <LineStates batch={batch.data} />
      <Lines batch={batch.data} />
    </>
  );
}

const lineColumns = (t: Translate): Column<Line>[] => [
  { id: 'line', head: t('batch.line'), cell: (row) => <code>{row.lineId}</code> },
  { id: 'campaign', head: t('batch.campaign'), cell: (row) => row.title },
  { id: 'payee', head: t('batch.payee'), cell: (row) => wordOf(t, 'payee', row.payeeKind) },
  { id: 'gross', head: t('batch.gross'), figures: true, cell: (row) => <Money fen={row.grossFen} /> },
  { id: 'net', head: t('batch.net'), figures: true, cell: (row) => <Money fen={row.netFen} /> },
  {
    id: 'why',
    head: t('batch.why'),
    cell: (row) =>
      row.why.length === 0
        ? '—'
        : row.why.map((why) => (
            <Badge key={why} tone="warn">
              {wordOf(t, 'why', why)}
            </Badge>
          )),
  },
];

const changedColumns = (t: Translate): Column<Check['changed'][number]>[] => [
  { id: 'line', head: t('batch.line'), cell: (row) => <code>{row.lineId}</code> },
  { id: 'campaign', head: t('batch.campaign'), cell: (row) => row.title },
  { id: 'gross', head: t('batch.gross'), figures: true, cell: (row) => <Money fen={row.grossFen} /> },
  { id: 'what', head: t('batch.changedWhat'), cell: (row) => wordOf(t, 'voided', row.reason) },
  { id: 'at', head: t('batch.changedAt'), cell: (row) => <Time at={row.at} /> },
];

/** Where the lines stand, by count and money. */
function LineStates({ batch }: { readonly batch: Batch }): ReactNode {
  const t = useText();
  const rows = Object.entries(batch.lines).map(([state, sum]) => ({ state, ...sum }));
  const columns: Column<(typeof rows)[number]>[] = [
    { id: 'state', head: t('batches.state'), cell: (row) => wordOf(t, 'lineState', row.state) },
    { id: 'count', head: t('batch.count'), figures: true, cell: (row) => row.count },
    { id: 'gross', head: t('batch.gross'), figures: true, cell: (row) => <Money fen={row.grossFen} /> },
    { id: 'net', head: t('batch.net'), figures: true, cell: (row) => <Money fen={row.netFen} /> },
  ];
  return <DataTable caption={t('batch.states')} columns={columns} rows={rows} rowKey={(row) => row.state} empty="—" keys={false} />;
}
