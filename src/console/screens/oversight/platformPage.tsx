import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { answer, api } from '../../client/client';
import { DayField } from '../../parts/day';
import { Exports } from '../../parts/exports';
import { Facts } from '../../parts/facts';
import { Money } from '../../parts/format';
import { PageTitle, Waiting } from '../../parts/page';
import { usePreferences } from '../../parts/preferences';
import { useText } from '../../text/catalogue';
import { CampaignList } from '../statements/campaignList';
import { AsOf, StatementView } from '../statements/statementView';
import { ComplaintCount, nameOf, type Platform, usePlatforms } from './oversightPage';

/** One platform for a regulator: where it stands, a day of its books, and its campaigns. */
export function PlatformPage(): ReactNode {
  const t = useText();
  const navigate = useNavigate();
  const { language } = usePreferences();
  const { tenantId } = useParams({ from: '/oversight/$tenantId' });
  const search = useSearch({ from: '/oversight/$tenantId' });
  const platforms = usePlatforms({ id: tenantId });
  const of = platforms.data?.tenants[0];
  const day = search.day ?? of?.today;
  const query = { tenantId, day: day! };
  const found = useQuery({
    queryKey: ['statement', tenantId, day],
    queryFn: () => answer(api.GET('/v1/statements/platform', { params: { query } })),
    enabled: day !== undefined,
    placeholderData: keepPreviousData,
  });
  if (!platforms.data) return <Waiting error={platforms.error} retry={() => void platforms.refetch()} />;
  return (
    <>
      <p className="crumbs">
        <Link to="/oversight">{t('nav.oversight')}</Link>
      </p>
      <PageTitle title={of ? nameOf(of, language) : tenantId} />
      {of && <Standing of={of} />}
      <CampaignList after={search.after} of={{ tenantId, today: day }} />
      <form className="filter" aria-label={t('shell.filter')} onSubmit={(event) => event.preventDefault()}>
        <DayField
          label={t('statement.day')}
          value={day}
          choose={(chosen) => void navigate({ to: '/oversight/$tenantId', params: { tenantId }, search: { ...search, day: chosen } })}
        />
      </form>
      {found.error || !found.data ? (
        <Waiting error={found.error} retry={() => void found.refetch()} />
      ) : (
        <>
          <Exports ask={(format) => api.GET('/v1/exports/statements/platform', { params: { query: { ...query, format } }, parseAs: 'blob' })} />
          <AsOf of={found.data} />
          <StatementView of={found.data} />
        </>
      )}
    </>
  );
}

function Standing({ of }: { readonly of: Platform }): ReactNode {
  const t = useText();
  return (
    <section className="card" aria-labelledby="figures">
      <h2 id="figures">{t('oversight.figures')}</h2>
      <Facts
        of={[
          [t('oversight.campaigns'), `${of.campaigns} (${of.openCampaigns})`],
          [t('oversight.raised'), <Money key="raised" fen={of.raisedFen} />],
          [t('oversight.pending'), <Money key="pending" fen={of.pendingFen} />],
          [t('oversight.paid'), <Money key="paid" fen={of.paidFen} />],
          [t('oversight.refunded'), <Money key="refunded" fen={of.refundedFen} />],
          [t('oversight.openComplaints'), <ComplaintCount key="complaints" of={of} />],
          [t('oversight.holds'), of.standingHolds],
          [t('oversight.exceptions'), of.openExceptions],
        ]}
      />
      <p className="row">
        <Link to="/complaints" search={{ platform: of.id }}>
          {t('oversight.toComplaints')}
        </Link>
        <Link to="/events" search={{ platform: of.id }}>
          {t('oversight.toEvents')}
        </Link>
      </p>
    </section>
  );
}
