import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { Button } from 'antd';
import { type ReactNode, useState } from 'react';
import type { components } from '../../../../dist/openapi/schema';
import { answer, api } from '../../client/client';
import { problemOf } from '../../client/problem';
import { Facts } from '../../parts/facts';
import { Time } from '../../parts/format';
import { useKeys } from '../../parts/keys';
import { useMe } from '../../parts/me';
import { Badge, PageTitle, Waiting } from '../../parts/page';
import { type Column, DataTable } from '../../parts/table';
import { type Translate, useText, wordOf } from '../../text/catalogue';
import { RedriveDialog } from './redriveDialog';

export type Work = components['schemas']['Work'];
type Word = Work['words'][number];

/** One story: where it stands in Postgres, what Temporal has of it, the words to it, and a re-drive with its preview. */
export function WorkPage(): ReactNode {
  const t = useText();
  const me = useMe();
  const { workflow, id } = useSearch({ from: '/operations/work' }) as { workflow?: Work['workflow']; id?: string };
  const [asking, setAsking] = useState(false);
  const [done, setDone] = useState(false);
  const found = useQuery({
    queryKey: ['work', workflow, id],
    queryFn: () => answer(api.GET('/v1/operations/work', { params: { query: { workflow: workflow!, id: id! } } })),
    enabled: workflow !== undefined && id !== undefined,
  });
  const may = me?.role === 'operator' && found.data !== undefined;
  useKeys(may ? [{ key: 'r', text: 'redrive.act', run: () => setAsking(true) }] : []);
  if (workflow === undefined || id === undefined || problemOf(found.error)?.code === 'object.not_found') return <Ended />;
  if (!found.data) return <Waiting error={found.error} retry={() => void found.refetch()} />;
  const of = found.data;
  return (
    <>
      <p className="crumbs">
        <Link to="/operations">{t('nav.operations')}</Link>
      </p>
      <PageTitle title={`${wordOf(t, 'workflow', of.workflow)} · ${standsOf(t, of)}`}>
        {may && (
          <Button type="primary" onClick={() => setAsking(true)}>
            {t('redrive.act')} <kbd>r</kbd>
          </Button>
        )}
      </PageTitle>
      {done && (
        <p className="alert good" role="status">
          {t('redrive.done')}
        </p>
      )}
      <Standing of={of} />
      <DataTable
        caption={t('work.words')}
        columns={columns(t)}
        rows={of.words}
        rowKey={(word) => word.createdAt + word.notice}
        empty={t('work.noWords')}
        keys={false}
      />
      {asking && (
        <RedriveDialog
          of={of}
          close={() => setAsking(false)}
          done={() => {
            setAsking(false);
            setDone(true);
            void found.refetch();
          }}
        />
      )}
    </>
  );
}

function Ended(): ReactNode {
  const t = useText();
  return (
    <>
      <PageTitle title={t('nav.operations')} />
      <p>{t('work.closed')}</p>
      <p>
        <Link to="/operations">{t('shell.back')}</Link>
      </p>
    </>
  );
}

const standsOf = (t: Translate, { workflow, stands }: Work): string =>
  wordOf(t, workflow === 'release' ? 'stage' : workflow === 'transfer' ? 'payout' : workflow === 'recall' ? 'recallState' : 'phase', stands);

function Standing({ of }: { readonly of: Work }): ReactNode {
  const t = useText();
  const { conducted } = of;
  return (
    <div className="two">
      <section className="card" aria-labelledby="stands">
        <h2 id="stands">{t('work.stands')}</h2>
        <Facts
          of={[
            [t('work.stands'), standsOf(t, of)],
            [t('work.since'), <Time key="since" at={of.since} />],
            [t('operations.work'), <code key="id">{`${of.workflow}/${of.id}`}</code>],
            ...(of.campaignId ? ([[t('work.campaign'), <code key="campaign">{of.campaignId}</code>]] as const) : []),
          ]}
        />
      </section>
      <section className="card" aria-labelledby="temporal">
        <h2 id="temporal">{t('work.temporal')}</h2>
        {conducted ? (
          <>
            <Facts
              of={[
                [
                  t('work.status'),
                  <Badge key="status" tone={conducted.status === 'RUNNING' ? 'good' : 'warn'}>
                    {conducted.status}
                  </Badge>,
                ],
                [t('work.since'), <Time key="at" at={conducted.startedAt} />],
                [t('work.events'), conducted.events],
              ]}
            />
            <h3>{t('work.pending')}</h3>
            {conducted.pending.length === 0 ? (
              <p className="muted">{t('work.none')}</p>
            ) : (
              <ul className="plain lined">
                {conducted.pending.map((step) => (
                  <li key={step.activity + step.attempt}>
                    <code>{step.activity}</code> · {t('operations.attempts')} {step.attempt}
                    {step.error && <code> {step.error}</code>}
                  </li>
                ))}
              </ul>
            )}
          </>
        ) : (
          <p className="alert warn">{t('work.lost')}</p>
        )}
        {of.link && (
          <p>
            <a href={of.link} target="_blank" rel="noreferrer">
              {t('work.open')}
            </a>
          </p>
        )}
      </section>
    </div>
  );
}

const columns = (t: Translate): Column<Word>[] => [
  { id: 'notice', head: t('work.notice'), cell: ({ notice }) => <code>{notice}</code> },
  { id: 'written', head: t('work.written'), cell: ({ createdAt }) => <Time at={createdAt} /> },
  { id: 'delivered', head: t('work.delivered'), cell: ({ deliveredAt }) => (deliveredAt ? <Time at={deliveredAt} /> : '—') },
  { id: 'attempts', head: t('operations.attempts'), figures: true, cell: ({ attempts }) => attempts },
  { id: 'error', head: t('operations.error'), cell: ({ error }) => (error ? <code>{error}</code> : '—') },
];
