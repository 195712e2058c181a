import { lazy, type ReactNode, Suspense } from 'react';
import { type Column, DataTable } from '../../parts/table';
import { type Translate, useText } from '../../text/catalogue';
import { Money } from '../../parts/format';
import type { Statement } from './statementView';

type Day = Statement['days'][number];

/** The drawing library is half as heavy as the whole console: it comes when a chart is to be seen, and where it does not come the table says the same. */
const DaysChart = lazy(() => import('../../parts/daysChart').catch(() => ({ default: NoChart })));

/** A statement's money by day, drawn and as a table. */
export function DaysView({ of }: { readonly of: Statement }): ReactNode {
  const t = useText();
  return (
    <section className="card" aria-labelledby="days">
      <h2 id="days">{t(`days.${of.scope}`)}</h2>
      {of.days.length === 0 ? (
        <p className="muted">{t('days.none')}</p>
      ) : (
        <>
          <Suspense
            fallback={
              <p role="status" className="chart" data-reading>
                {t('shell.loading')}
              </p>
            }
          >
            <DaysChart days={of.days} until={of.to} />
          </Suspense>
          <details>
            <summary>{t('days.table')}</summary>
            <DataTable caption={t('days.caption')} columns={columns(t)} rows={of.days} rowKey={(row) => row.day} empty="—" keys={false} />
          </details>
        </>
      )}
    </section>
  );
}

function NoChart(): ReactNode {
  const t = useText();
  return (
    <p className="alert warn" role="status">
      {t('days.noChart')}
    </p>
  );
}

const columns = (t: Translate): Column<Day>[] => [
  { id: 'day', head: t('statement.day'), cell: (row) => row.day },
  { id: 'in', head: t('days.in'), figures: true, cell: (row) => <Money fen={row.inFen} /> },
  { id: 'out', head: t('days.out'), figures: true, cell: (row) => <Money fen={row.outFen} /> },
  { id: 'balance', head: t('days.balance'), figures: true, cell: (row) => <Money fen={row.closingFen} /> },
];
