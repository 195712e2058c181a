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
import { AddStaff } from './addStaff';
import { ConfirmAct, type Confirmed } from './confirmAct';

type Member = components['schemas']['StaffMember'];

/** Who works on this platform: roles, second factors, and the acts of its administrator. */
export function StaffPage(): ReactNode {
  const t = useText();
  const me = useMe();
  const found = useQuery({ queryKey: ['staff'], queryFn: () => answer(api.GET('/v1/staff')) });
  const [asked, setAsked] = useState<Confirmed | 'add' | null>(null);
  const [done, setDone] = useState(false);
  const may = me?.role === 'administrator';
  useKeys(may ? [{ key: 'n', text: 'staff.add', run: () => setAsked('add') }] : []);
  if (!found.data) return <Waiting error={found.error} retry={() => void found.refetch()} />;
  const changed = (): void => void found.refetch();
  return (
    <>
      <PageTitle title={t('nav.staff')}>
        {may && (
          <Button type="primary" onClick={() => setAsked('add')}>
            {t('staff.add')} <kbd>n</kbd>
          </Button>
        )}
      </PageTitle>
      {done && (
        <p className="alert good" role="status">
          {t('staff.done')}
        </p>
      )}
      <DataTable
        caption={t('staff.caption')}
        columns={columns(t, may ? me.id : null, setAsked)}
        rows={found.data.staff}
        rowKey={({ id }) => id}
        empty={t('staff.empty')}
      />
      {asked === 'add' && <AddStaff close={() => setAsked(null)} done={changed} />}
      {asked && asked !== 'add' && (
        <ConfirmAct
          of={asked}
          close={() => setAsked(null)}
          done={() => {
            setAsked(null);
            setDone(true);
            changed();
          }}
        />
      )}
    </>
  );
}

function actsOf(t: Translate, { id, displayName, login, disabledAt, secondFactor }: Member): Confirmed[] {
  const params = { path: { id } };
  const about = `${displayName} · ${login}`;
  const standing: Confirmed = disabledAt
    ? { title: t('staff.enable'), about, follows: t('staff.enableSure'), send: () => answer(api.POST('/v1/staff/{id}/enable', { params })) }
    : {
        title: t('staff.disable'),
        about,
        follows: t('staff.disableSure'),
        danger: true,
        send: () => answer(api.POST('/v1/staff/{id}/disable', { params })),
      };
  const unlock: Confirmed = {
    title: t('staff.unlock'),
    about,
    follows: t('staff.unlockSure'),
    send: () => answer(api.POST('/v1/staff/{id}/unlock', { params })),
  };
  const reset: Confirmed = {
    title: t('staff.reset'),
    about,
    follows: t('staff.resetSure'),
    danger: true,
    send: () => answer(api.POST('/v1/staff/{id}/second-factor/reset', { params })),
  };
  return [standing, unlock, ...(secondFactor === 'set' ? [reset] : [])];
}

/** @param mine the administrator's own id; null for who may only look. */
const columns = (t: Translate, mine: string | null, ask: (act: Confirmed) => void): Column<Member>[] => [
  { id: 'name', head: t('staff.name'), cell: ({ displayName }) => displayName },
  { id: 'login', head: t('staff.login'), cell: ({ login }) => <code>{login}</code> },
  { id: 'role', head: t('staff.role'), cell: ({ role }) => wordOf(t, 'role', role) },
  { id: 'factor', head: t('staff.factor'), cell: ({ secondFactor }) => t(`staff.factor.${secondFactor}`) },
  {
    id: 'state',
    head: t('staff.state'),
    cell: ({ disabledAt, lockedUntil }) => (
      <span>
        {disabledAt ? <Badge tone="bad">{t('staff.disabled')}</Badge> : !lockedUntil && <Badge tone="good">{t('staff.active')}</Badge>}
        {lockedUntil && (
          <>
            {disabledAt && ' '}
            <Badge tone="warn">{t('staff.locked')}</Badge> <Time at={lockedUntil} />
          </>
        )}
      </span>
    ),
  },
  ...(mine === null
    ? []
    : [
        {
          id: 'acts',
          head: t('staff.acts'),
          cell: (member: Member) =>
            member.id === mine ? (
              <span className="muted">{t('staff.yourself')}</span>
            ) : (
              <span className="row">
                {actsOf(t, member).map((act, nth) => (
                  <button key={act.title} type="button" className="link" {...(nth === 0 ? { 'data-row': true } : {})} onClick={() => ask(act)}>
                    {act.title}
                  </button>
                ))}
              </span>
            ),
        },
      ]),
];
