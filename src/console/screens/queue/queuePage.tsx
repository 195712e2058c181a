import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Button } from 'antd';
import { type ReactNode, useRef } from 'react';
import type { components } from '../../../../dist/openapi/schema';
import { answer, api } from '../../client/client';
import { AsideBadges } from '../../parts/asides';
import { Money, Time } from '../../parts/format';
import { useKeys } from '../../parts/keys';
import { Badge, PageTitle, Waiting } from '../../parts/page';
import { usePreferences } from '../../parts/preferences';
import { ProblemNote } from '../../parts/problem';
import { type Column, DataTable } from '../../parts/table';
import { type Translate, useText, wordOf } from '../../text/catalogue';
import { QueueFilter, type QueueSearch } from './queueFilter';

type Item = components['schemas']['WaitingForReview'];
type Query = NonNullable<import('../../../../dist/openapi/schema').paths['/v1/review-queue']['get']['parameters']['query']>;

const TONE = { pass: 'good', fail: 'bad', needs: 'warn' } as const;

/** What waits for a reviewer, the longest first; `n` takes the next. */
export function QueuePage(): ReactNode {
  const t = useText();
  const { language } = usePreferences();
  const search = useSearch({ from: '/queue' }) as QueueSearch;
  const navigate = useNavigate();
  const cache = useQueryClient();
  const filter = useRef<HTMLDivElement>(null);
  const queue = useQuery({
    queryKey: ['queue', search],
    queryFn: () => answer(api.GET('/v1/review-queue', { params: { query: { ...search, limit: '50' } as Query } })),
    placeholderData: keepPreviousData,
  });
  const next = useMutation({
    mutationFn: () => answer(api.POST('/v1/review-queue/next', { body: { kind: search.kind, verdict: search.verdict } as never })),
    onSuccess: ({ item }) => {
      void cache.invalidateQueries({ queryKey: ['queue'] });
      if (item)
        void navigate({ to: '/cases/$campaignId', params: { campaignId: item.campaignId }, search: { kind: item.kind, subject: item.subjectId } });
    },
  });
  const claim = (): void => {
    if (!next.isPending) next.mutate();
  };
  useKeys([
    { key: 'n', text: 'queue.claimNext', run: claim },
    { key: '/', text: 'keys.search', run: () => filter.current?.querySelector('select')?.focus() },
  ]);
  const { data } = queue;
  return (
    <>
      <PageTitle title={t('nav.queue')}>
        <Button type="primary" onClick={claim} loading={next.isPending}>
          {t('queue.claimNext')} <kbd>n</kbd>
        </Button>
      </PageTitle>
      <div ref={filter}>
        <QueueFilter search={search} />
      </div>
      <ProblemNote error={next.error} />
      {next.data?.item === null && (
        <p role="status" className="alert">
          {t('queue.nothing')}
        </p>
      )}
      {!data ? (
        <Waiting error={queue.error} retry={() => void queue.refetch()} />
      ) : (
        <>
          <DataTable
            caption={t('queue.count', { n: data.total })}
            columns={columns(t, language)}
            rows={data.waiting}
            rowKey={(row) => row.kind + row.subjectId}
            empty={t('queue.empty')}
          />
          {data.next && (
            <p>
              <Link to="/queue" search={{ ...search, after: data.next }}>
                {t('shell.more')}
              </Link>
            </p>
          )}
        </>
      )}
    </>
  );
}

const columns = (t: Translate, language: 'zh' | 'en'): Column<Item>[] => [
  {
    id: 'title',
    head: t('queue.title'),
    cell: (row) => (
      <Link data-row to="/cases/$campaignId" params={{ campaignId: row.campaignId }} search={{ kind: row.kind, subject: row.subjectId }}>
        {row.title}
      </Link>
    ),
  },
  { id: 'kind', head: t('queue.kind'), cell: (row) => wordOf(t, 'kind', row.kind) },
  { id: 'amount', head: t('queue.amount'), figures: true, cell: (row) => <Money fen={row.amountFen} /> },
  {
    id: 'machine',
    head: t('queue.machine'),
    cell: (row) => (
      <>
        {row.verdict ? <Badge tone={TONE[row.verdict]}>{wordOf(t, 'verdict', row.verdict)}</Badge> : '—'}
        {row.top && (
          <span className="muted reason">
            {row.top.rule && `${wordOf(t, 'rule', row.top.rule)} · `}
            {row.top[language]}
          </span>
        )}
      </>
    ),
  },
  { id: 'waited', head: t('queue.waiting'), figures: true, cell: (row) => t('queue.days', { n: row.workingDays }) },
  {
    id: 'due',
    head: t('queue.due'),
    cell: (row) => (
      <>
        <Time at={row.dueAt} /> {row.overdue && <Badge tone="bad">{t('queue.overdue')}</Badge>}
      </>
    ),
  },
  {
    id: 'claim',
    head: t('queue.claim'),
    cell: (row) => (
      <>
        {row.claim === null ? t('queue.nobody') : row.claim.mine ? t('queue.mine') : row.claim.by} <AsideBadges of={row} />
      </>
    ),
  },
];
