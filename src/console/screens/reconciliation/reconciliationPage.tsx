import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactNode, useRef } from 'react';
import type { components } from '../../../../dist/openapi/schema';
import { answer, api } from '../../client/client';
import { Choice } from '../../parts/choice';
import { Money, Time, yuan } from '../../parts/format';
import { useKeys } from '../../parts/keys';
import { PageTitle, Waiting } from '../../parts/page';
import { type Column, DataTable } from '../../parts/table';
import { type Translate, useText, wordOf } from '../../text/catalogue';
import { Days } from './days';
import { LinePane } from './linePane';

type Line = components['schemas']['LinesToMatch']['lines'][number];

/** What the address says of this screen. */
export interface ReconciliationSearch {
  readonly to?: string | undefined;
  readonly day?: string | undefined;
  readonly state?: 'resolved' | undefined;
  readonly line?: string | undefined;
}

/** Lines that no machine placed on the left, what they could be on the right; above them the days with their statements' totals and their close. */
export function ReconciliationPage(): ReactNode {
  const t = useText();
  const search = useSearch({ from: '/reconciliation' }) as ReconciliationSearch;
  const navigate = useNavigate();
  const filter = useRef<HTMLFormElement>(null);
  const { day, state = 'open' } = search;
  const found = useQuery({
    queryKey: ['reconciliation', 'lines', day, state],
    queryFn: () => answer(api.GET('/v1/lines-to-match', { params: { query: { state, ...(day ? { day } : {}) } } })),
    placeholderData: keepPreviousData,
  });
  const set = (change: ReconciliationSearch): void => void navigate({ to: '/reconciliation', search: { ...search, line: undefined, ...change } });
  // Until somebody chooses, it is the first: the largest.
  const line = search.line ?? found.data?.lines[0]?.exceptionId;
  const next = found.data?.lines.find((each) => each.exceptionId !== line)?.exceptionId;
  useKeys([
    { key: '/', text: 'keys.search', run: () => filter.current?.querySelector('select')?.focus() },
    ...(next ? [{ key: 'n', text: 'recon.next' as const, run: () => set({ line: next }) }] : []),
  ]);
  return (
    <>
      <PageTitle title={t('nav.reconciliation')} />
      <Days search={search} />
      <form className="filter" ref={filter} aria-label={t('shell.filter')} onSubmit={(event) => event.preventDefault()}>
        <Choice
          label={t('recon.state')}
          value={state === 'open' ? undefined : state}
          none={t('recon.state.open')}
          choices={[['resolved', t('recon.state.resolved')]]}
          choose={(chosen) => set({ state: chosen })}
        />
        <span className="choice">
          <span className="muted">{t('recon.day')}</span> {day ?? t('recon.day.all')}{' '}
          {day && (
            <Link to="/reconciliation" search={{ ...search, day: undefined, line: undefined }}>
              {t('recon.day.all')}
            </Link>
          )}
        </span>
      </form>
      {!found.data ? (
        <Waiting error={found.error} retry={() => void found.refetch()} />
      ) : (
        <div className="two">
          <div>
            <p className="muted">{t('recon.sum', { n: found.data.count, in: yuan(found.data.inFen), out: yuan(found.data.outFen) })}</p>
            <DataTable
              caption={t(`recon.list.${state}`)}
              columns={columns(t, search, line)}
              rows={found.data.lines}
              rowKey={(row) => row.exceptionId}
              empty={t('recon.list.empty')}
            />
          </div>
          <section aria-label={t('recon.line')}>{line ? <LinePane key={line} exceptionId={line} /> : <p>{t('recon.choose')}</p>}</section>
        </div>
      )}
    </>
  );
}

const columns = (t: Translate, search: ReconciliationSearch, chosen: string | undefined): Column<Line>[] => [
  {
    id: 'reference',
    head: t('recon.reference'),
    cell: (row) => (
      <>
        <Link
          data-row
          to="/reconciliation"
          search={{ ...search, line: row.exceptionId }}
          {...(row.exceptionId === chosen ? { 'aria-current': 'true' as const } : {})}
        >
          {row.reference}
        </Link>{' '}
        <span className="muted">
          {t(`recon.source.${row.source}`)} · <Time at={row.at} />
        </span>
      </>
    ),
  },
  { id: 'way', head: t('recon.way'), cell: (row) => (row.direction ? wordOf(t, 'exception.direction', row.direction) : '—') },
  { id: 'amount', head: t('recon.amount'), figures: true, cell: (row) => (row.amountFen === null ? '—' : <Money fen={row.amountFen} />) },
  { id: 'open', head: t('recon.open'), figures: true, cell: (row) => (row.source === 'bank' ? <Money fen={row.openFen} /> : '—') },
];
