import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactNode, useRef } from 'react';
import type { components } from '../../../../dist/openapi/schema';
import { answer, api } from '../../client/client';
import { Choice } from '../../parts/choice';
import { Time } from '../../parts/format';
import { useKeys } from '../../parts/keys';
import { Badge, PageTitle, Waiting } from '../../parts/page';
import { usePreferences } from '../../parts/preferences';
import { type Column, DataTable } from '../../parts/table';
import { type Translate, useText, wordOf } from '../../text/catalogue';
import { nameOf, type Platform, usePlatforms } from './oversightPage';

type Complaint = components['schemas']['OverseenComplaint'];
/** What the list is narrowed to. */
export const COMPLAINT_FILTERS = ['open', 'overdue', 'decided'] as const;
interface Search {
  readonly state?: (typeof COMPLAINT_FILTERS)[number];
  readonly platform?: string;
  readonly after?: string;
}

/** Complaints of every platform: how they stand, what is late, what they hold. Their words are for those who judge. */
export function ComplaintsPage(): ReactNode {
  const t = useText();
  const { language } = usePreferences();
  const search = useSearch({ from: '/complaints' }) as Search;
  const navigate = useNavigate();
  const filter = useRef<HTMLFormElement>(null);
  const platforms = usePlatforms();
  const { platform, ...rest } = search;
  const found = useQuery({
    queryKey: ['complaints', search],
    queryFn: () =>
      answer(api.GET('/v1/complaints', { params: { query: { limit: '50', ...rest, ...(platform ? { tenantId: platform } : {}) } as never } })),
    placeholderData: keepPreviousData,
  });
  useKeys([{ key: '/', text: 'keys.search', run: () => filter.current?.querySelector('select')?.focus() }]);
  if (!found.data || !platforms.data)
    return <Waiting error={found.error ?? platforms.error} retry={() => void Promise.all([found.refetch(), platforms.refetch()])} />;
  const { tenants } = platforms.data;
  const set = (change: { readonly [K in 'state' | 'platform']?: string | undefined }): void =>
    void navigate({ to: '/complaints', search: { ...search, after: undefined, ...change } });
  return (
    <>
      <PageTitle title={t('nav.complaints')} />
      <form className="filter" ref={filter} aria-label={t('shell.filter')} onSubmit={(event) => event.preventDefault()}>
        <Choice
          label={t('complaints.state')}
          value={search.state}
          choices={COMPLAINT_FILTERS.map((state) => [state, t(`complaintsState.${state}`)] as const)}
          choose={(state) => set({ state })}
        />
        <Choice
          label={t('oversight.platform')}
          value={platform}
          choices={tenants.map((each) => [each.id, nameOf(each, language)] as const)}
          choose={(chosen) => set({ platform: chosen })}
        />
      </form>
      <DataTable
        caption={t('complaints.caption')}
        columns={columns(t, language, (id) => tenants.find((each) => each.id === id))}
        rows={found.data.complaints}
        rowKey={({ id }) => id}
        empty={t('complaints.empty')}
      />
      {found.data.next && (
        <p>
          <Link to="/complaints" search={{ ...search, after: found.data.next }}>
            {t('shell.more')}
          </Link>
        </p>
      )}
    </>
  );
}

function Standing({ of }: { readonly of: Complaint }): ReactNode {
  const t = useText();
  return (
    <>
      {of.appealed ? <Badge tone="warn">{t('complaints.appealed')}</Badge> : wordOf(t, 'complaintState', of.state)}{' '}
      {of.overdue.map((duty) => (
        <Badge key={duty} tone="bad">
          {wordOf(t, 'duty', duty)}
        </Badge>
      ))}{' '}
      {of.holds && <Badge tone="warn">{t('complaints.holds')}</Badge>}{' '}
      {of.reportedAt !== null && <Badge tone="plain">{t('complaints.reported')}</Badge>}
    </>
  );
}

const today = (of: Platform | undefined) => (of ? { to: of.today } : {});

const columns = (t: Translate, language: 'zh' | 'en', platformOf: (id: string) => Platform | undefined): Column<Complaint>[] => [
  {
    id: 'campaign',
    head: t('complaints.campaign'),
    cell: (row) => (
      <Link data-row to="/statements/$campaignId" params={{ campaignId: row.campaignId }} search={today(platformOf(row.tenantId))}>
        {row.title}
      </Link>
    ),
  },
  {
    id: 'platform',
    head: t('oversight.platform'),
    cell: (row) => {
      const of = platformOf(row.tenantId);
      return of ? nameOf(of, language) : <code>{row.tenantId}</code>;
    },
  },
  { id: 'subject', head: t('complaints.subject'), cell: (row) => wordOf(t, 'complaintSubject', row.subject) },
  { id: 'state', head: t('complaints.state'), cell: (row) => <Standing of={row} /> },
  { id: 'filed', head: t('complaints.filed'), cell: (row) => <Time at={row.filedAt} /> },
  { id: 'answer', head: t('complaints.answerBy'), cell: (row) => <Time at={row.answerBy} /> },
];
