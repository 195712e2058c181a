import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactNode, useRef } from 'react';
import { answer, api } from '../../client/client';
import { Choice } from '../../parts/choice';
import { Time } from '../../parts/format';
import { useKeys } from '../../parts/keys';
import { PageTitle, Waiting } from '../../parts/page';
import { type Column, DataTable } from '../../parts/table';
import { type TextKey, type Translate, useText, wordOf } from '../../text/catalogue';

/** Beginnings of actions that are filtered by. */
export const EVENT_KINDS = ['campaign.', 'release.', 'payout.', 'ledger.', 'approval.', 'complaint.', 'person.', 'staff.', 'session.'] as const;

interface Search {
  readonly kind?: (typeof EVENT_KINDS)[number];
  readonly platform?: string;
  readonly after?: string;
}
interface Event {
  readonly id: string;
  readonly sealed: string | null;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly recordedAt: string;
}

/** Who did what on this platform, as the chain has it; for a regulator, on all or the one of the address. */
export function EventsPage(): ReactNode {
  const t = useText();
  const search = useSearch({ from: '/events' }) as Search;
  const navigate = useNavigate();
  const filter = useRef<HTMLFormElement>(null);
  const found = useQuery({
    queryKey: ['events', search],
    queryFn: () =>
      answer(
        api.GET('/v1/audit/events', {
          params: {
            query: {
              limit: '50',
              ...(search.kind ? { action: search.kind } : {}),
              ...(search.platform ? { tenantId: search.platform } : {}),
              ...(search.after ? { after: search.after } : {}),
            } as never,
          },
        }),
      ),
    placeholderData: keepPreviousData,
  });
  useKeys([{ key: '/', text: 'keys.search', run: () => filter.current?.querySelector('select')?.focus() }]);
  return (
    <>
      <PageTitle title={t('nav.events')} />
      <form className="filter" ref={filter} aria-label={t('shell.filter')} onSubmit={(event) => event.preventDefault()}>
        <Choice
          label={t('events.kind')}
          value={search.kind}
          choices={EVENT_KINDS.map((kind) => [kind, t(`eventKind.${kind}` as TextKey)] as const)}
          choose={(kind) => void navigate({ to: '/events', search: { ...search, kind, after: undefined } })}
        />
      </form>
      {!found.data ? (
        <Waiting error={found.error} retry={() => void found.refetch()} />
      ) : (
        <>
          <DataTable
            caption={t('events.caption')}
            columns={columns(t)}
            rows={found.data.events}
            rowKey={({ id }) => id}
            empty={t('events.empty')}
            keys={false}
          />
          {found.data.next && (
            <p>
              <Link to="/events" search={{ ...search, after: found.data.next }}>
                {t('shell.more')}
              </Link>
            </p>
          )}
        </>
      )}
    </>
  );
}

/** An actor is `role:id`. */
const actorOf = (t: Translate, actor: string): string => wordOf(t, 'role', actor.split(':')[0]!);

const columns = (t: Translate): Column<Event>[] => [
  { id: 'recorded', head: t('events.recorded'), cell: ({ recordedAt }) => <Time at={recordedAt} /> },
  {
    id: 'action',
    head: t('events.action'),
    cell: ({ action }) => {
      const words = wordOf(t, 'event', action);
      return words === `event.${action}` || words === action ? <code>{action}</code> : words;
    },
  },
  { id: 'who', head: t('events.who'), cell: ({ actor }) => actorOf(t, actor) },
  { id: 'subject', head: t('events.subject'), cell: ({ subject }) => <code>{subject}</code> },
  { id: 'position', head: t('events.position'), figures: true, cell: ({ sealed }) => (sealed === null ? t('events.waiting') : `#${sealed}`) },
];
