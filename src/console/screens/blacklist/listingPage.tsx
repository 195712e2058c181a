import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { Button } from 'antd';
import { type ReactNode, useState } from 'react';
import { answer, api } from '../../client/client';
import { Facts } from '../../parts/facts';
import { Time } from '../../parts/format';
import { useKeys } from '../../parts/keys';
import { useMe } from '../../parts/me';
import { Badge, PageTitle, Waiting } from '../../parts/page';
import { ProblemNote } from '../../parts/problem';
import { useText, wordOf } from '../../text/catalogue';
import { type Listing, ListingState } from './blacklistPage';
import { DecideAppeal } from './decideAppeal';

/** One listing: the decision with its evidence and how long it stands; for whose listing it is, the appeal. */
export function ListingPage(): ReactNode {
  const t = useText();
  const { listingId } = useParams({ from: '/blacklist/$listingId' });
  const found = useQuery({
    queryKey: ['blacklist', 'one', listingId],
    queryFn: () => answer(api.GET('/v1/blacklist', { params: { query: { id: listingId } } })),
  });
  if (!found.data) return <Waiting error={found.error} retry={() => void found.refetch()} />;
  const of = found.data.listings[0];
  return (
    <>
      <p className="crumbs">
        <Link to="/blacklist">{t('nav.blacklist')}</Link>
      </p>
      {of ? (
        <>
          <PageTitle title={of.name}>
            <ListingState state={of.state} />
          </PageTitle>
          <Decision of={of} />
          {of.own ? <Appeal key={of.appeal?.id} of={of} /> : <p className="muted">{t('blacklist.appeal.elsewhere')}</p>}
        </>
      ) : (
        <PageTitle title={t('shell.elsewhere')} />
      )}
    </>
  );
}

function Decision({ of }: { readonly of: Listing }): ReactNode {
  const t = useText();
  return (
    <section className="card" aria-labelledby="decision">
      <h2 id="decision">{t('blacklist.decision')}</h2>
      <p>
        <strong>{wordOf(t, 'ground', of.ground)}</strong>
      </p>
      <p>{of.reason}</p>
      <Facts
        of={[
          [t('blacklist.evidence'), of.evidence],
          [t('blacklist.whose'), of.own ? t('blacklist.whose.own') : <code key="platform">{of.platform}</code>],
          [t('blacklist.listed'), <Time key="listed" at={of.listedAt} />],
          [t('blacklist.published'), <Time key="published" at={of.publishedAt} />],
          [t('blacklist.expires'), <Time key="expires" at={of.expiresAt} />],
        ]}
      />
    </section>
  );
}

/** The appeal against a listing of this platform: what it says is asked for by an act of its own, since each look is on record. */
function Appeal({ of }: { readonly of: Listing }): ReactNode {
  const t = useText();
  const me = useMe();
  const cache = useQueryClient();
  const [asked, setAsked] = useState(false);
  const [deciding, setDeciding] = useState(false);
  const { appeal } = of;
  const reads = me?.role === 'reviewer' && appeal !== null;
  const decides = appeal?.acts.includes('decide') === true;
  const words = useQuery({
    queryKey: ['blacklist-appeal', appeal?.id],
    queryFn: () => answer(api.GET('/v1/blacklist-appeals/{id}', { params: { path: { id: appeal!.id } } })),
    enabled: asked && appeal !== null,
    // Each look is on record: only a person's own counts.
    staleTime: 'static',
    gcTime: 0,
  });
  const read = (): void => {
    setAsked(true);
    if (words.error) void words.refetch();
  };
  const decide = (): void => {
    read();
    setDeciding(true);
  };
  useKeys([
    ...(reads && !asked ? [{ key: 'r', text: 'blacklist.read' as const, run: read }] : []),
    ...(decides ? [{ key: 'd', text: 'blacklist.decide' as const, run: decide }] : []),
  ]);
  const said = words.data?.text;
  return (
    <section className="card" aria-labelledby="appeal">
      <h2 id="appeal">{t('blacklist.appeal')}</h2>
      {appeal === null ? (
        <p className="muted">{t('blacklist.appeal.none')}</p>
      ) : (
        <>
          {said && <p>{said}</p>}
          <ProblemNote error={words.error} />
          <Facts
            of={[
              [t('blacklist.filed'), <Time key="filed" at={appeal.filedAt} />],
              [
                t('blacklist.appealOutcome'),
                appeal.outcome ? (
                  wordOf(t, 'listingAppeal', appeal.outcome)
                ) : (
                  <Badge key="outcome" tone="warn">
                    {t('blacklist.waits')}
                  </Badge>
                ),
              ],
              ...(appeal.reason ? ([[t('exception.reason'), appeal.reason]] as const) : []),
              ...(appeal.decidedAt ? ([[t('blacklist.listed'), <Time key="decided" at={appeal.decidedAt} />]] as const) : []),
            ]}
          />
          <div className="row">
            {decides && (
              <Button type="primary" onClick={decide}>
                {t('blacklist.decide')} <kbd>d</kbd>
              </Button>
            )}
            {reads && !asked && (
              <Button onClick={read}>
                {t('blacklist.read')} <kbd>r</kbd>
              </Button>
            )}
            {reads && <span className="muted">{t('blacklist.onRecord')}</span>}
          </div>
          {reads && !decides && appeal.outcome === null && <p className="muted">{t('blacklist.appeal.another')}</p>}
        </>
      )}
      {deciding && decides && (
        <DecideAppeal
          id={appeal!.id}
          said={said}
          error={words.error}
          close={() => setDeciding(false)}
          done={() => {
            setDeciding(false);
            void cache.invalidateQueries({ queryKey: ['blacklist'] });
          }}
        />
      )}
    </section>
  );
}
