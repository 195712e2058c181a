import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { answer, api } from '../../client/client';
import { Time } from '../../parts/format';
import { Waiting } from '../../parts/page';
import { useText, wordOf } from '../../text/catalogue';

const PAGE = '20';

/** What happened to a case, from the audit chain itself. @param from the cursor in the address. */
export function Timeline({ campaignId, from }: { readonly campaignId: string; readonly from: string | undefined }): ReactNode {
  const t = useText();
  const here = useParams({ from: '/cases/$campaignId' });
  const found = useQuery({
    queryKey: ['timeline', campaignId, from],
    queryFn: () =>
      answer(
        api.GET('/v1/campaigns/{id}/timeline', {
          params: { path: { id: campaignId }, query: { ...(from ? { after: from } : {}), limit: PAGE } as never },
        }),
      ),
    placeholderData: keepPreviousData,
  });
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline">{t('case.timeline')}</h2>
      {!found.data ? (
        <Waiting error={found.error} retry={() => void found.refetch()} />
      ) : (
        <>
          {found.data.events.length === 0 && <p>{t('case.timeline.none')}</p>}
          <ol className="timeline">
            {found.data.events.map((event) => (
              <li key={event.id}>
                <Time at={event.businessAt ?? event.recordedAt} /> <strong>{wordOf(t, 'event', event.type)}</strong>{' '}
                <span>{event.by.name ?? wordOf(t, 'role', event.by.role)}</span>{' '}
                <span className="muted">{event.sealed ? t('case.sealed', { n: event.sealed }) : t('case.unsealed')}</span>
              </li>
            ))}
          </ol>
          {found.data.next && (
            <p>
              <Link to="/cases/$campaignId" params={here} search={(before) => ({ ...before, from: found.data.next! })}>
                {t('shell.more')}
              </Link>
            </p>
          )}
        </>
      )}
    </section>
  );
}
