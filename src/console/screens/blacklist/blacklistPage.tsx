import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Button } from 'antd';
import { type ReactNode, useRef, useState } from 'react';
import type { components } from '../../../../dist/openapi/schema';
import { answer, api } from '../../client/client';
import { Choice } from '../../parts/choice';
import { Time } from '../../parts/format';
import { useKeys } from '../../parts/keys';
import { useMe } from '../../parts/me';
import { Badge, PageTitle, Waiting } from '../../parts/page';
import { type Column, DataTable } from '../../parts/table';
import { type Translate, useText, wordOf } from '../../text/catalogue';
import { ListSomebody } from './listSomebody';

export type Listing = components['schemas']['BlacklistListing'];

/** How a listing stands, as the address may ask for it. */
export const LISTING_STATES = ['listed', 'appealed', 'lifted', 'expired'] as const;
const WHOSE = ['own', 'others'] as const;

interface Search {
  readonly whose?: (typeof WHOSE)[number];
  readonly state?: (typeof LISTING_STATES)[number];
  readonly before?: string;
  /** The campaign of whom somebody is about to list. */
  readonly campaign?: string;
}

/** The shared list: of this platform and of others, by how it stands. A reviewer puts somebody on it. */
export function BlacklistPage(): ReactNode {
  const t = useText();
  const me = useMe();
  const { campaign, ...search } = useSearch({ from: '/blacklist' }) as Search;
  const navigate = useNavigate();
  const filter = useRef<HTMLFormElement>(null);
  const [opened, setOpened] = useState(false);
  const found = useQuery({
    queryKey: ['blacklist', search],
    queryFn: () => answer(api.GET('/v1/blacklist', { params: { query: search } })),
    placeholderData: keepPreviousData,
  });
  const may = me?.role === 'reviewer';
  const set = (change: Search): void => void navigate({ to: '/blacklist', search: { ...search, before: undefined, ...change } });
  const close = (): void => {
    setOpened(false);
    if (campaign) void navigate({ to: '/blacklist', search, replace: true });
  };
  useKeys([
    { key: '/', text: 'keys.search', run: () => filter.current?.querySelector('select')?.focus() },
    ...(may ? [{ key: 'n', text: 'blacklist.list' as const, run: () => setOpened(true) }] : []),
  ]);
  return (
    <>
      <PageTitle title={t('nav.blacklist')}>
        {may && (
          <Button type="primary" onClick={() => setOpened(true)}>
            {t('blacklist.list')} <kbd>n</kbd>
          </Button>
        )}
      </PageTitle>
      <form className="filter" ref={filter} aria-label={t('shell.filter')} onSubmit={(event) => event.preventDefault()}>
        <Choice
          label={t('blacklist.whose')}
          value={search.whose}
          choices={WHOSE.map((each) => [each, t(`blacklist.whose.${each}`)] as const)}
          choose={(whose) => set({ whose })}
        />
        <Choice
          label={t('blacklist.state')}
          value={search.state}
          choices={LISTING_STATES.map((each) => [each, wordOf(t, 'listingState', each)] as const)}
          choose={(state) => set({ state })}
        />
      </form>
      {!found.data ? (
        <Waiting error={found.error} retry={() => void found.refetch()} />
      ) : (
        <>
          <DataTable
            caption={t('blacklist.caption')}
            columns={columns(t)}
            rows={found.data.listings}
            rowKey={({ id }) => id}
            empty={t('blacklist.empty')}
          />
          {found.data.next && (
            <p>
              <Link to="/blacklist" search={{ ...search, before: found.data.next }}>
                {t('shell.more')}
              </Link>
            </p>
          )}
        </>
      )}
      {may && (opened || campaign) && <ListSomebody campaign={campaign} close={close} />}
    </>
  );
}

/** How a listing stands, with its sign. */
export function ListingState({ state }: Pick<Listing, 'state'>): ReactNode {
  const t = useText();
  return (
    <Badge tone={({ listed: 'bad', appealed: 'warn', lifted: 'plain', expired: 'plain' } as const)[state]}>{wordOf(t, 'listingState', state)}</Badge>
  );
}

const columns = (t: Translate): Column<Listing>[] => [
  {
    id: 'name',
    head: t('blacklist.name'),
    cell: ({ id, name }) => (
      <Link data-row to="/blacklist/$listingId" params={{ listingId: id }}>
        {name}
      </Link>
    ),
  },
  { id: 'ground', head: t('blacklist.ground'), cell: ({ ground }) => wordOf(t, 'ground', ground) },
  { id: 'whose', head: t('blacklist.whose'), cell: ({ own, platform }) => (own ? t('blacklist.whose.own') : <code>{platform}</code>) },
  { id: 'state', head: t('blacklist.state'), cell: ({ state }) => <ListingState state={state} /> },
  { id: 'published', head: t('blacklist.published'), cell: ({ publishedAt }) => <Time at={publishedAt} /> },
  { id: 'expires', head: t('blacklist.expires'), cell: ({ expiresAt }) => <Time at={expiresAt} /> },
];
