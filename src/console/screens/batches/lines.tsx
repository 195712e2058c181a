import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { components } from '../../../../dist/openapi/schema';
import { answer, api } from '../../client/client';
import { Choice } from '../../parts/choice';
import { Money } from '../../parts/format';
import { Waiting } from '../../parts/page';
import { usePreferences } from '../../parts/preferences';
import { type Column, DataTable } from '../../parts/table';
import { type Translate, useText, wordOf } from '../../text/catalogue';
import type { Batch } from './batchPage';

type Line = components['schemas']['BatchLine'];
type State = Line['state'];

/** The states that lines of a batch stand in, as its address may name one. */
export const LINE_STATES = [
  'excluded',
  'waiting',
  'proposed',
  'changed',
  'approved',
  'reserved',
  'submitted',
  'unknown',
  'succeeded',
  'failed',
  'returned',
  'withdrawn',
  'cancelled',
] as const satisfies readonly State[];

/** Every line in the order in which it was given, a left-out one with its reason; by state, as the address says. */
export function Lines({ batch }: { readonly batch: Batch }): ReactNode {
  const t = useText();
  const { language } = usePreferences();
  const navigate = useNavigate();
  const { lines: state, after } = useSearch({ from: '/batches/$batchId' });
  const params = { batchId: batch.id };
  const found = useQuery({
    queryKey: ['batch', batch.id, 'lines', state, after],
    queryFn: () =>
      answer(
        api.GET('/v1/payout-batches/{id}/lines', {
          params: { path: { id: batch.id }, query: { limit: '100', ...(state && { state }), ...(after && { after }) } as never },
        }),
      ),
    placeholderData: keepPreviousData,
  });
  const states = LINE_STATES.filter((each) => each in batch.lines);
  return (
    <section aria-label={t('batch.lines')}>
      <div className="filter">
        <Choice
          label={t('batch.lines')}
          value={states.find((each) => each === state)}
          choices={states.map((each) => [each, `${wordOf(t, 'lineState', each)}（${batch.lines[each]!.count}）`] as const)}
          choose={(chosen) => void navigate({ to: '/batches/$batchId', params, search: chosen ? { lines: chosen } : {} })}
        />
      </div>
      {!found.data ? (
        <Waiting error={found.error} retry={() => void found.refetch()} />
      ) : (
        <>
          <DataTable
            caption={t('batch.lines.caption')}
            columns={columns(t, language)}
            rows={found.data.lines}
            rowKey={(row) => row.lineId + row.releaseId + row.state}
            empty={t('batch.lines.none')}
            keys={false}
          />
          {found.data.next && (
            <p>
              <Link to="/batches/$batchId" params={params} search={{ ...(state && { lines: state }), after: found.data.next }}>
                {t('shell.more')}
              </Link>
            </p>
          )}
        </>
      )}
    </section>
  );
}

const columns = (t: Translate, language: 'zh' | 'en'): Column<Line>[] => [
  { id: 'line', head: t('batch.line'), cell: (row) => <code>{row.lineId}</code> },
  { id: 'gross', head: t('batch.gross'), figures: true, cell: (row) => <Money fen={row.amountFen} /> },
  { id: 'net', head: t('batch.net'), figures: true, cell: (row) => (row.netFen === null ? '—' : <Money fen={row.netFen} />) },
  { id: 'state', head: t('batches.state'), cell: (row) => wordOf(t, 'lineState', row.state) },
  {
    id: 'why',
    head: t('batch.why'),
    cell: (row) => (
      <span className="reason">
        {row.excluded?.[language] ?? '—'}{' '}
        {row.excluded && row.excluded.rules.length > 0 && <code className="muted">{row.excluded.rules.join(' ')}</code>}
      </span>
    ),
  },
];
