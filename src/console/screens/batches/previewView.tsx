import type { ReactNode } from 'react';
import type { components } from '../../../../dist/openapi/schema';
import { Money, Time } from '../../parts/format';
import { usePreferences } from '../../parts/preferences';
import { type Column, DataTable } from '../../parts/table';
import { type Translate, useText } from '../../text/catalogue';

export type Preview = components['schemas']['LinePreview'];
type LeftOut = Preview['leftOut'][number];
type Alike = Preview['alike'][number];

/** What would be paid, in figures and capitals as the house computed them; what is left out and why; what looks like a payment of before. */
export function PreviewView({ of }: { readonly of: Preview }): ReactNode {
  const t = useText();
  const { language } = usePreferences();
  const sums = [
    { of: 'given' as const, ...of.given },
    { of: 'payable' as const, count: of.count, totalFen: of.totalFen, controlSum: of.controlSum },
  ];
  return (
    <>
      <div className="card">
        <p className="figure big">
          <Money fen={of.totalFen} />
        </p>
        <p className="capitals" lang="zh-CN">
          {of.capitals}
        </p>
        <DataTable caption={t('newBatch.figures')} columns={sumColumns(t)} rows={sums} rowKey={(row) => row.of} empty="—" keys={false} />
      </div>
      {of.alike.length > 0 && (
        <div className="alert warn">
          <p>{t('newBatch.alike')}</p>
          <DataTable
            caption={t('newBatch.alike.caption')}
            columns={alikeColumns(t)}
            rows={of.alike}
            rowKey={(row) => row.lineId}
            empty="—"
            keys={false}
          />
        </div>
      )}
      {of.leftOutCount > 0 && (
        <DataTable
          caption={t('newBatch.leftOut', { n: of.leftOutCount })}
          columns={leftOutColumns(t, language)}
          rows={of.leftOut.map((row, i) => ({ ...row, place: i }))}
          rowKey={(row) => `${row.place}`}
          empty="—"
          keys={false}
        />
      )}
    </>
  );
}

type Sum = Preview['given'] & { readonly of: 'given' | 'payable' };
const sumColumns = (t: Translate): Column<Sum>[] => [
  { id: 'of', head: t('newBatch.of'), cell: (row) => t(`newBatch.of.${row.of}`) },
  { id: 'count', head: t('batch.count'), figures: true, cell: (row) => row.count },
  { id: 'total', head: t('newBatch.total'), figures: true, cell: (row) => <Money fen={row.totalFen} /> },
  { id: 'control', head: t('newBatch.control'), figures: true, cell: (row) => row.controlSum },
];

const leftOutColumns = (t: Translate, language: 'zh' | 'en'): Column<LeftOut>[] => [
  { id: 'line', head: t('batch.line'), cell: (row) => <code>{row.lineId}</code> },
  { id: 'amount', head: t('batch.gross'), figures: true, cell: (row) => <Money fen={row.amountFen} /> },
  {
    id: 'why',
    head: t('batch.why'),
    cell: (row) => (
      <span className="reason">
        {row.excluded[language]} {row.excluded.rules.length > 0 && <code className="muted">{row.excluded.rules.join(' ')}</code>}
      </span>
    ),
  },
];

const alikeColumns = (t: Translate): Column<Alike>[] => [
  { id: 'line', head: t('batch.line'), cell: (row) => <code>{row.lineId}</code> },
  { id: 'campaign', head: t('batch.campaign'), cell: (row) => row.title },
  { id: 'amount', head: t('batch.gross'), figures: true, cell: (row) => <Money fen={row.amountFen} /> },
  { id: 'before', head: t('newBatch.before'), cell: (row) => <Time at={row.madeAt} /> },
];
