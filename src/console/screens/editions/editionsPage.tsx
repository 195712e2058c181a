import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button } from 'antd';
import { type ReactNode, useRef } from 'react';
import { answer, api } from '../../client/client';
import { Choice } from '../../parts/choice';
import { useKeys } from '../../parts/keys';
import { Badge, PageTitle, Waiting } from '../../parts/page';
import { type Column, DataTable } from '../../parts/table';
import { type Translate, useText, wordOf } from '../../text/catalogue';
import { differences, type Edition, pairOf, type Row } from './difference';
import { Value } from './value';

interface Search {
  readonly from?: string;
  readonly to?: string;
  readonly show?: 'all';
}

const CHANGES = ['added', 'removed', 'changed'] as const;
const TONE = { added: 'good', removed: 'bad', changed: 'warn', same: 'plain' } as const;

/** Two editions of the rules side by side: what one has that the other lacks, and what it sets differently. */
export function EditionsPage(): ReactNode {
  const t = useText();
  const search = useSearch({ from: '/editions' }) as Search;
  const navigate = useNavigate();
  const filter = useRef<HTMLFormElement>(null);
  const found = useQuery({ queryKey: ['editions'], queryFn: () => answer(api.GET('/v1/public/editions')), staleTime: Number.POSITIVE_INFINITY });
  const editions = found.data?.editions ?? [];
  const pair = pairOf(editions, search);
  const set = (change: Search): void => void navigate({ to: '/editions', search: { ...search, ...change } });
  const toggle = (): void => set({ show: search.show ? undefined : 'all' });
  // The pair before and after: an edition with the one before it.
  const go = (by: 1 | -1): void => {
    const next = pair && editions[editions.indexOf(pair[1]) + by];
    if (next && editions.indexOf(next) > 0) set({ to: next.id, from: undefined });
  };
  useKeys([
    { key: '/', text: 'keys.search', run: () => filter.current?.querySelector('select')?.focus() },
    { key: 'p', text: 'editions.earlier', run: () => go(-1) },
    { key: 'n', text: 'editions.later', run: () => go(1) },
    { key: 'a', text: 'editions.all', run: toggle },
  ]);
  if (!found.data) return <Waiting error={found.error} retry={() => void found.refetch()} />;
  const choices = editions.map((each) => [each.id, t('editions.of', { id: wordOf(t, 'edition', each.id), on: each.effectiveOn })] as const);
  return (
    <>
      <PageTitle title={t('nav.editions')}>
        <Button aria-pressed={search.show === 'all'} onClick={toggle}>
          {t('editions.all')} <kbd>a</kbd>
        </Button>
      </PageTitle>
      <form className="filter" ref={filter} aria-label={t('shell.filter')} onSubmit={(event) => event.preventDefault()}>
        <Choice label={t('editions.from')} value={search.from} none={t('editions.before')} choices={choices} choose={(from) => set({ from })} />
        <Choice label={t('editions.to')} value={search.to} none={t('editions.newest')} choices={choices} choose={(to) => set({ to })} />
      </form>
      {pair ? <Compared pair={pair} all={search.show === 'all'} /> : <p className="muted">{t('editions.one')}</p>}
    </>
  );
}

function Compared({ pair: [from, to], all }: { readonly pair: readonly [Edition, Edition]; readonly all: boolean }): ReactNode {
  const t = useText();
  const rows = differences(from, to);
  const [before, after] = [from, to].map(({ id }) => wordOf(t, 'edition', id)) as [string, string];
  return (
    <>
      <p role="status" className="row">
        {CHANGES.map((change) => (
          <Badge key={change} tone={TONE[change]}>
            {wordOf(t, 'editionChange', change)} {rows.filter((row) => row.change === change).length}
          </Badge>
        ))}
      </p>
      <DataTable
        caption={t('editions.caption', { from: before, to: after })}
        columns={columns(t, before, after)}
        rows={all ? rows : rows.filter(({ change }) => change !== 'same')}
        rowKey={({ kind, path }) => `${kind} ${path}`}
        empty={t('editions.same')}
      />
    </>
  );
}

const columns = (t: Translate, before: string, after: string): Column<Row>[] => [
  {
    id: 'what',
    head: t('editions.what'),
    cell: ({ kind, path }) => (
      <span tabIndex={-1} data-row>
        {wordOf(t, kind === 'rule' ? 'rule' : 'editionPath', path)} <code className="muted">{path}</code>
      </span>
    ),
  },
  { id: 'from', head: before, cell: (row) => <Value row={row} side="from" /> },
  { id: 'to', head: after, cell: (row) => <Value row={row} side="to" /> },
  { id: 'change', head: t('editions.change'), cell: ({ change }) => <Badge tone={TONE[change]}>{wordOf(t, 'editionChange', change)}</Badge> },
];
