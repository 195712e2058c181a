import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { type ReactNode, useState } from 'react';
import type { components } from '../../../../dist/openapi/schema';
import { answer, api } from '../../client/client';
import { Time } from '../../parts/format';
import { useKeys } from '../../parts/keys';
import { useMe } from '../../parts/me';
import { Badge, PageTitle, Waiting } from '../../parts/page';
import { type Column, DataTable } from '../../parts/table';
import { type Translate, useText, wordOf } from '../../text/catalogue';
import { AskDeletion } from './askDeletion';
import { DecideDeletion } from './decideDeletion';

export type Deletion = components['schemas']['Deletion'];
type Deciding = { readonly of: Deletion; readonly confirmed: boolean };

/** Requests to delete personal data: one person takes them, another decides. */
export function DeletionsPage(): ReactNode {
  const t = useText();
  const me = useMe();
  const [asking, setAsking] = useState(false);
  const [deciding, setDeciding] = useState<Deciding>();
  const may = me?.role === 'operator';
  const found = useQuery({ queryKey: ['deletions'], queryFn: () => answer(api.GET('/v1/deletions')) });
  useKeys(may ? [{ key: 'n', text: 'deletion.ask', run: () => setAsking(true) }] : []);
  if (!found.data) return <Waiting error={found.error} retry={() => void found.refetch()} />;
  const done = (): void => {
    setAsking(false);
    setDeciding(undefined);
    void found.refetch();
  };
  return (
    <>
      <PageTitle title={t('nav.deletions')}>
        {may && (
          <Button type="primary" onClick={() => setAsking(true)}>
            {t('deletion.ask')} <kbd>n</kbd>
          </Button>
        )}
      </PageTitle>
      <DataTable
        caption={t('deletion.caption')}
        columns={columns(t, may, setDeciding)}
        rows={found.data.deletions}
        rowKey={({ id }) => id}
        empty={t('deletion.empty')}
      />
      {asking && <AskDeletion close={() => setAsking(false)} done={done} />}
      {deciding && <DecideDeletion {...deciding} close={() => setDeciding(undefined)} done={done} />}
    </>
  );
}

const TONES = { asked: 'warn', done: 'good', declined: 'plain' } as const;

const columns = (t: Translate, may: boolean, decide: (what: Deciding) => void): Column<Deletion>[] => [
  { id: 'person', head: t('deletion.person'), cell: ({ personId }) => <code>{personId}</code> },
  { id: 'state', head: t('deletion.state'), cell: ({ state }) => <Badge tone={TONES[state]}>{wordOf(t, 'deletionState', state)}</Badge> },
  { id: 'reason', head: t('deletion.reason'), cell: ({ reason }) => <span className="reason">{reason}</span> },
  {
    id: 'asked',
    head: t('deletion.asked'),
    cell: ({ askedByName, askedAt }) => (
      <span>
        {askedByName} · <Time at={askedAt} />
      </span>
    ),
  },
  {
    id: 'decided',
    head: t('deletion.decided'),
    cell: ({ decidedByName, decidedAt }) =>
      decidedAt === null ? (
        '—'
      ) : (
        <span>
          {decidedByName} · <Time at={decidedAt} />
        </span>
      ),
  },
  ...(may
    ? [
        {
          id: 'acts',
          head: t('deletion.acts'),
          cell: (of: Deletion) =>
            of.acts.includes('decide') ? (
              <span className="row">
                <button type="button" className="link" data-row onClick={() => decide({ of, confirmed: true })}>
                  {t('deletion.confirm')}
                </button>
                <button type="button" className="link" onClick={() => decide({ of, confirmed: false })}>
                  {t('deletion.decline')}
                </button>
              </span>
            ) : of.state === 'asked' ? (
              <span className="muted">{t('deletion.own')}</span>
            ) : (
              '—'
            ),
        },
      ]
    : []),
];
