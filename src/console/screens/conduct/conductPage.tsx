import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Button } from 'antd';
import { type ReactNode, useState } from 'react';
import type { components } from '../../../../dist/openapi/schema';
import { answer, api } from '../../client/client';
import { Choice } from '../../parts/choice';
import { Time } from '../../parts/format';
import { useKeys } from '../../parts/keys';
import { useMe } from '../../parts/me';
import { Badge, PageTitle, Waiting } from '../../parts/page';
import { usePreferences } from '../../parts/preferences';
import { type Column, DataTable } from '../../parts/table';
import { type Translate, useText, wordOf } from '../../text/catalogue';
import { OpenCase } from './openCase';

export type ConductCase = components['schemas']['ConductCase'];
type Promoter = components['schemas']['Promoter'];

/** Conduct cases and the promoters behind them. */
export function ConductPage(): ReactNode {
  const t = useText();
  const me = useMe();
  const { language } = usePreferences();
  const search = useSearch({ from: '/conduct' }) as { state?: 'waiting'; after?: string };
  const navigate = useNavigate();
  const [opening, setOpening] = useState(false);
  const may = me?.role === 'reviewer' || me?.role === 'operator';
  const cases = useQuery({
    queryKey: ['conduct', search],
    queryFn: () => answer(api.GET('/v1/conduct-cases', { params: { query: { ...search, limit: '50' } as never } })),
    placeholderData: keepPreviousData,
  });
  const promoters = useQuery({ queryKey: ['promoters'], queryFn: () => answer(api.GET('/v1/promoters')) });
  useKeys(may ? [{ key: 'n', text: 'conduct.open', run: () => setOpening(true) }] : []);
  if (!cases.data || !promoters.data)
    return <Waiting error={cases.error ?? promoters.error} retry={() => void Promise.all([cases.refetch(), promoters.refetch()])} />;
  return (
    <>
      <PageTitle title={t('nav.conduct')}>
        {may && (
          <Button type="primary" onClick={() => setOpening(true)}>
            {t('conduct.open')} <kbd>n</kbd>
          </Button>
        )}
      </PageTitle>
      <form className="filter" aria-label={t('shell.filter')} onSubmit={(event) => event.preventDefault()}>
        <Choice
          label={t('conduct.state')}
          value={search.state}
          choices={[['waiting', t('conduct.waiting')]]}
          choose={(state) => void navigate({ to: '/conduct', search: state ? { state } : {} })}
        />
      </form>
      <DataTable
        caption={t('conduct.caption')}
        columns={caseColumns(t, language, may)}
        rows={cases.data.cases}
        rowKey={({ id }) => id}
        empty={t('conduct.empty')}
      />
      {cases.data.next && (
        <p>
          <Link to="/conduct" search={{ ...search, after: cases.data.next }}>
            {t('shell.more')}
          </Link>
        </p>
      )}
      <DataTable
        caption={t('conduct.promoters')}
        columns={promoterColumns(t)}
        rows={promoters.data.promoters}
        rowKey={({ id }) => id}
        empty={t('conduct.promoters.empty')}
        keys={false}
      />
      {opening && <OpenCase promoters={promoters.data.promoters} close={() => setOpening(false)} done={() => void cases.refetch()} />}
    </>
  );
}

/** @returns what stands now, in words: the decision, or that an appeal undid it; a dash before. */
export function decisionOf(t: Translate, { outcome, sanction, appeal }: ConductCase): string {
  if (outcome === null) return '—';
  const decided = wordOf(t, 'verdictOf', sanction ?? outcome);
  return appeal?.outcome === 'upheld' ? t('conduct.undone', { was: decided }) : decided;
}

/** Where a case stands; marked while somebody has to decide. */
export function CaseState({ state }: Pick<ConductCase, 'state'>): ReactNode {
  const t = useText();
  return <Badge tone={state === 'open' || state === 'appealed' ? 'warn' : 'plain'}>{wordOf(t, 'caseState', state)}</Badge>;
}

const caseColumns = (t: Translate, language: 'zh' | 'en', may: boolean): Column<ConductCase>[] => [
  {
    id: 'rule',
    head: t('conduct.rule'),
    // Only who judges reads the words of a case.
    cell: ({ id, bottomLine }) =>
      may ? (
        <Link data-row to="/conduct/$caseId" params={{ caseId: id }}>
          {bottomLine[language]}
        </Link>
      ) : (
        bottomLine[language]
      ),
  },
  { id: 'contract', head: t('conduct.contract'), cell: ({ contractRef }) => <code>{contractRef}</code> },
  {
    id: 'state',
    head: t('conduct.state'),
    cell: ({ state }) => <CaseState state={state} />,
  },
  { id: 'result', head: t('conduct.result'), cell: (row) => decisionOf(t, row) },
  { id: 'opened', head: t('conduct.opened'), cell: ({ openedAt }) => <Time at={openedAt} /> },
];

const promoterColumns = (t: Translate): Column<Promoter>[] => [
  { id: 'contract', head: t('conduct.contract'), cell: ({ contractRef }) => <code>{contractRef}</code> },
  { id: 'registered', head: t('conduct.registered'), cell: ({ registeredAt }) => <Time at={registeredAt} /> },
  { id: 'trained', head: t('conduct.trained'), cell: ({ trainedAt }) => (trainedAt ? <Time at={trainedAt} /> : t('conduct.untrained')) },
  { id: 'campaigns', head: t('conduct.campaigns'), figures: true, cell: ({ campaigns }) => campaigns },
  {
    id: 'standing',
    head: t('conduct.standing'),
    cell: ({ sanction, leftAt, trainedAt }) =>
      sanction ? (
        <Badge tone="bad">{wordOf(t, 'verdictOf', sanction)}</Badge>
      ) : leftAt ? (
        t('conduct.left')
      ) : trainedAt === null ? (
        <Badge tone="warn">{t('conduct.untrained')}</Badge>
      ) : (
        <Badge tone="good">{t('conduct.active')}</Badge>
      ),
  },
];
