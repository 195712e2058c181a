import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { type ReactNode, useState } from 'react';
import type { components } from '../../../../dist/openapi/schema';
import { answer, api } from '../../client/client';
import { Time } from '../../parts/format';
import { useKeys } from '../../parts/keys';
import { useMe } from '../../parts/me';
import { Modal } from '../../parts/modal';
import { Badge, PageTitle, Waiting } from '../../parts/page';
import { type Column, DataTable } from '../../parts/table';
import { type Translate, useText } from '../../text/catalogue';
import { ConfirmAct, type Confirmed } from './confirmAct';
import { IssueKey } from './issueKey';

type ApiKey = components['schemas']['ApiKey'];

/** The keys of this platform's machines: issued, rotated with an overlap, revoked. A secret is shown once. */
export function KeysPage(): ReactNode {
  const t = useText();
  const me = useMe();
  const found = useQuery({ queryKey: ['api-keys'], queryFn: () => answer(api.GET('/v1/api-keys')) });
  const [asked, setAsked] = useState<Confirmed | 'issue' | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const may = me?.role === 'administrator';
  useKeys(may ? [{ key: 'n', text: 'apiKeys.issue', run: () => setAsked('issue') }] : []);
  if (!found.data) return <Waiting error={found.error} retry={() => void found.refetch()} />;
  const done = (made: unknown): void => {
    setAsked(null);
    setSecret((made as { secret?: string }).secret ?? null);
    void found.refetch();
  };
  return (
    <>
      <PageTitle title={t('nav.keys')}>
        {may && (
          <Button type="primary" onClick={() => setAsked('issue')}>
            {t('apiKeys.issue')} <kbd>n</kbd>
          </Button>
        )}
      </PageTitle>
      <DataTable
        caption={t('apiKeys.caption')}
        columns={columns(t, may, setAsked)}
        rows={found.data.keys}
        rowKey={({ id }) => id}
        empty={t('apiKeys.empty')}
      />
      {asked === 'issue' && <IssueKey close={() => setAsked(null)} done={done} />}
      {asked && asked !== 'issue' && <ConfirmAct of={asked} close={() => setAsked(null)} done={done} />}
      {secret && (
        <Modal title={t('nav.keys')} close={() => setSecret(null)}>
          <p>{t('apiKeys.secret')}</p>
          <p className="digest">
            <code>{secret}</code>
          </p>
        </Modal>
      )}
    </>
  );
}

const actsOf = (t: Translate, { id, label }: ApiKey): Confirmed[] => [
  {
    title: t('apiKeys.rotate'),
    about: label,
    follows: t('apiKeys.rotateSure'),
    send: () => answer(api.POST('/v1/api-keys/{id}/rotation', { params: { path: { id } }, body: { overlapHours: 24 } })),
  },
  {
    title: t('apiKeys.revoke'),
    about: label,
    follows: t('apiKeys.revokeSure'),
    danger: true,
    send: () => answer(api.POST('/v1/api-keys/{id}/revocation', { params: { path: { id } } })),
  },
];

const columns = (t: Translate, may: boolean, ask: (act: Confirmed) => void): Column<ApiKey>[] => [
  { id: 'label', head: t('apiKeys.label'), cell: ({ label }) => label },
  { id: 'scopes', head: t('apiKeys.scopes'), cell: ({ scopes }) => <span className="muted">{scopes.join(' · ')}</span> },
  { id: 'issued', head: t('apiKeys.issued'), cell: ({ issuedAt }) => <Time at={issuedAt} /> },
  { id: 'used', head: t('apiKeys.used'), cell: ({ lastUsedOn }) => lastUsedOn ?? t('apiKeys.never') },
  {
    id: 'ends',
    head: t('apiKeys.ends'),
    cell: ({ revokedAt, expiresAt }) =>
      revokedAt ? <Badge tone="bad">{t('apiKeys.revoked')}</Badge> : expiresAt ? <Time at={expiresAt} /> : t('apiKeys.noEnd'),
  },
  ...(may
    ? [
        {
          id: 'acts',
          head: t('staff.acts'),
          cell: (key: ApiKey) =>
            key.revokedAt ? (
              '—'
            ) : (
              <span className="row">
                {actsOf(t, key).map((act, nth) => (
                  <button key={act.title} type="button" className="link" {...(nth === 0 ? { 'data-row': true } : {})} onClick={() => ask(act)}>
                    {act.title}
                  </button>
                ))}
              </span>
            ),
        },
      ]
    : []),
];
