import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { components } from '../../../../dist/openapi/schema';
import { answer, api } from '../../client/client';
import { durationOf } from '../../parts/age';
import { Facts } from '../../parts/facts';
import { Badge, PageTitle, Waiting } from '../../parts/page';
import { type Column, DataTable } from '../../parts/table';
import { type Translate, useText, wordOf } from '../../text/catalogue';

type Stuck = components['schemas']['StuckWork'];

/** How often the house is asked while somebody looks, ms. */
const LOOK_MS = 5_000;

/** What the house rests on, how far it is behind, and what is stuck: each row leads to its cause. */
export function OperationsPage(): ReactNode {
  const t = useText();
  const found = useQuery({ queryKey: ['operations'], queryFn: () => answer(api.GET('/v1/operations')), refetchInterval: LOOK_MS });
  if (!found.data) return <Waiting error={found.error} retry={() => void found.refetch()} />;
  const { checks, lag, stuck } = found.data;
  return (
    <>
      <PageTitle title={t('nav.operations')}>
        <Badge tone={stuck.length === 0 ? 'good' : 'warn'}>{stuck.length === 0 ? t('operations.well') : String(stuck.length)}</Badge>
      </PageTitle>
      <DataTable caption={t('operations.caption')} columns={columns(t)} rows={stuck} rowKey={keyOf} empty={t('operations.empty')} />
      <div className="two">
        <section className="card" aria-labelledby="checks">
          <h2 id="checks">{t('operations.checks')}</h2>
          <Facts
            of={checks.map(({ name, state, ms, why }) => [
              wordOf(t, 'check', name),
              <span key={name}>
                <Badge tone={state === 'ok' ? 'good' : 'bad'}>{state === 'ok' ? t('operations.well') : t('operations.failed')}</Badge>{' '}
                <span className="muted">
                  {t('operations.ms', { n: ms })}
                  {why && ` · ${why}`}
                </span>
              </span>,
            ])}
          />
        </section>
        <section className="card" aria-labelledby="lag">
          <h2 id="lag">{t('operations.lag')}</h2>
          <Facts
            of={[
              [t('operations.words'), lag.words],
              [t('operations.oldestWord'), durationOf(t, lag.oldestWordSeconds)],
              [t('operations.unsealed'), lag.unsealed],
              [t('operations.oldestUnsealed'), durationOf(t, lag.oldestUnsealedSeconds)],
            ]}
          />
        </section>
      </div>
    </>
  );
}

const keyOf = ({ workflow, id, cause }: Stuck): string => `${workflow}/${id}/${cause}`;

const columns = (t: Translate): Column<Stuck>[] => [
  {
    id: 'cause',
    head: t('operations.cause'),
    cell: ({ workflow, id, cause }) => (
      <Link data-row to="/operations/work" search={{ workflow, id }}>
        {wordOf(t, 'stuck', cause)}
      </Link>
    ),
  },
  { id: 'work', head: t('operations.work'), cell: ({ workflow }) => wordOf(t, 'workflow', workflow) },
  { id: 'age', head: t('operations.age'), figures: true, cell: ({ ageSeconds }) => durationOf(t, ageSeconds) },
  { id: 'attempts', head: t('operations.attempts'), figures: true, cell: ({ attempts }) => attempts },
  { id: 'error', head: t('operations.error'), cell: ({ error }) => (error ? <code>{error}</code> : '—') },
];
