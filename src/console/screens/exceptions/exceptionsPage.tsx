import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactNode, useRef } from 'react';
import type { components } from '../../../../dist/openapi/schema';
import { answer, api } from '../../client/client';
import { AsideBadges } from '../../parts/asides';
import { Choice } from '../../parts/choice';
import { Exports } from '../../parts/exports';
import { Money } from '../../parts/format';
import { useKeys } from '../../parts/keys';
import { type Me, useMe } from '../../parts/me';
import { PageTitle, Waiting } from '../../parts/page';
import { usePreferences } from '../../parts/preferences';
import { type Column, DataTable } from '../../parts/table';
import { type Translate, useText, wordOf } from '../../text/catalogue';

export type MoneyException = components['schemas']['MoneyException'];

interface Search {
  readonly state?: 'open' | 'resolved' | 'all';
  readonly owner?: 'nobody' | 'mine';
  readonly aside?: 'only';
  readonly after?: string;
}

/** What the API is asked for what the address says: the open ones, unless it says otherwise. */
const filtered = ({ state = 'open', owner, aside }: Search, me: Me) => ({
  ...(aside ? { aside } : state === 'open' ? { aside: 'no' } : {}),
  ...(state === 'all' ? {} : { state }),
  ...(owner ? { owner: owner === 'mine' ? me.id : owner } : {}),
});

/** Every money event that fits nowhere, the oldest first: cause, money, age, owner. */
export function ExceptionsPage(): ReactNode {
  const t = useText();
  const me = useMe();
  const { language } = usePreferences();
  const search = useSearch({ from: '/exceptions' }) as Search;
  const navigate = useNavigate();
  const filter = useRef<HTMLFormElement>(null);
  const found = useQuery({
    queryKey: ['exceptions', search],
    queryFn: () =>
      answer(
        api.GET('/v1/exceptions', {
          params: { query: { ...filtered(search, me!), ...(search.after ? { after: search.after } : {}), limit: '50' } as never },
        }),
      ),
    enabled: me !== undefined,
    placeholderData: keepPreviousData,
  });
  const set = (change: Search): void => void navigate({ to: '/exceptions', search: { ...search, after: undefined, ...change } });
  useKeys([{ key: '/', text: 'keys.search', run: () => filter.current?.querySelector('select')?.focus() }]);
  return (
    <>
      <PageTitle title={t('nav.exceptions')} />
      <form className="filter" ref={filter} aria-label={t('shell.filter')} onSubmit={(event) => event.preventDefault()}>
        <Choice
          label={t('exceptions.state')}
          value={search.state === 'all' ? undefined : (search.state ?? 'open')}
          choices={[
            ['open', t('exceptions.state.open')],
            ['resolved', t('exceptions.state.resolved')],
          ]}
          choose={(state) => set({ state: state ?? 'all' })}
        />
        <Choice
          label={t('exceptions.owner')}
          value={search.owner}
          choices={[
            ['mine', t('exceptions.owner.mine')],
            ['nobody', t('exceptions.owner.nobody')],
          ]}
          choose={(owner) => set({ owner })}
        />
        <Choice
          label={t('aside.filter')}
          value={search.aside}
          none={t('aside.no')}
          choices={[['only', t('aside.only')]]}
          choose={(aside) => set({ aside })}
        />
      </form>
      {!found.data ? (
        <Waiting error={found.error} retry={() => void found.refetch()} />
      ) : (
        <>
          <Exports
            ask={(format) => api.GET('/v1/exports/exceptions', { params: { query: { ...filtered(search, me!), format } as never }, parseAs: 'blob' })}
          />
          <DataTable
            caption={t('exceptions.caption')}
            columns={columns(t, language)}
            rows={found.data.exceptions}
            rowKey={(row) => row.id}
            empty={t('exceptions.empty')}
          />
          {found.data.next && (
            <p>
              <Link to="/exceptions" search={{ ...search, after: found.data.next }}>
                {t('shell.more')}
              </Link>
            </p>
          )}
        </>
      )}
    </>
  );
}

/** How old something is, in the words of the list. */
export const ageOf = (t: Translate, hours: number): string =>
  hours < 48 ? t('exceptions.hours', { n: hours }) : t('exceptions.days', { n: Math.floor(hours / 24) });

/** Whose it is. */
export const ownerOf = (t: Translate, { owner }: MoneyException): string => owner.name ?? wordOf(t, 'role', owner.role);

const columns = (t: Translate, language: 'zh' | 'en'): Column<MoneyException>[] => [
  {
    id: 'cause',
    head: t('exceptions.cause'),
    cell: (row) => (
      <Link data-row to="/exceptions/$exceptionId" params={{ exceptionId: row.id }}>
        {row.cause[language]}
      </Link>
    ),
  },
  {
    id: 'amount',
    head: t('exceptions.amount'),
    figures: true,
    cell: (row) => (row.money.amountFen === null ? '—' : <Money fen={row.money.amountFen} />),
  },
  { id: 'open', head: t('exceptions.open'), figures: true, cell: (row) => <Money fen={row.money.openFen} /> },
  { id: 'age', head: t('exceptions.age'), figures: true, cell: (row) => ageOf(t, row.ageHours) },
  {
    id: 'owner',
    head: t('exceptions.owner'),
    cell: (row) => (
      <>
        {ownerOf(t, row)} <AsideBadges of={row} />
      </>
    ),
  },
];
