import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { answer, api } from '../../client/client';
import { DayField } from '../../parts/day';
import { Exports } from '../../parts/exports';
import { Money } from '../../parts/format';
import { PageTitle, Waiting } from '../../parts/page';
import { useMe } from '../../parts/me';
import { useText } from '../../text/catalogue';
import { DaysView } from './daysView';
import { AsOf, type Statement, StatementView } from './statementView';

/** One campaign's statement over whole days, with the fees that it is charged as they were published. */
export function CampaignStatementPage(): ReactNode {
  const t = useText();
  const navigate = useNavigate();
  const { campaignId } = useParams({ from: '/statements/$campaignId' });
  const search = useSearch({ from: '/statements/$campaignId' });
  const path = { id: campaignId };
  const campaign = useQuery({
    queryKey: ['campaign', campaignId],
    queryFn: () => answer(api.GET('/v1/campaigns/{id}', { params: { path } })),
  });
  const overseen = useMe()?.role === 'regulator';
  const today = useQuery({
    queryKey: ['reconciliation', 'days', undefined],
    queryFn: () => answer(api.GET('/v1/reconciliation-days')),
    enabled: search.to === undefined,
  });
  // From its submission to today, until somebody says otherwise.
  const from = search.from ?? campaign.data?.submittedAt.slice(0, 10);
  const to = search.to ?? today.data?.days[0]?.day;
  const query = { from: from!, to: to! };
  const found = useQuery({
    queryKey: ['statement', campaignId, from, to],
    queryFn: () => answer(api.GET('/v1/statements/campaigns/{id}', { params: { path, query } })),
    enabled: from !== undefined && to !== undefined,
    placeholderData: keepPreviousData,
  });
  const set = (change: { readonly from?: string | undefined; readonly to?: string | undefined }): void =>
    void navigate({ to: '/statements/$campaignId', params: { campaignId }, search: { ...search, ...change } });
  return (
    <>
      <p className="crumbs">{overseen ? <Link to="/oversight">{t('nav.oversight')}</Link> : <Link to="/statements">{t('nav.statements')}</Link>}</p>
      <PageTitle title={campaign.data ? t('statement.of', { title: campaign.data.title }) : t('statement.campaign')} />
      <form className="filter" aria-label={t('shell.filter')} onSubmit={(event) => event.preventDefault()}>
        <DayField label={t('statement.from')} value={from} choose={(day) => set({ from: day })} />
        <DayField label={t('statement.to')} value={to} choose={(day) => set({ to: day })} />
      </form>
      {found.error || !found.data ? (
        <Waiting
          error={campaign.error ?? today.error ?? found.error}
          retry={() => void Promise.all([campaign.refetch(), today.refetch(), found.refetch()])}
        />
      ) : (
        <>
          <Exports
            ask={(format) => api.GET('/v1/exports/statements/campaigns/{id}', { params: { path, query: { ...query, format } }, parseAs: 'blob' })}
          />
          <AsOf of={found.data} />
          {found.data.fees && <Fees fees={found.data.fees} />}
          <DaysView of={found.data} />
          <StatementView of={found.data} />
        </>
      )}
    </>
  );
}

/** @returns basis points as percent: 300 → `3%`, 60 → `0.6%`, by digits alone. */
const percent = (basisPoints: number): string => `${basisPoints / 100}%`;

function Fees({ fees }: { readonly fees: NonNullable<Statement['fees']> }): ReactNode {
  const t = useText();
  return (
    <section className="card" aria-labelledby="fees">
      <h2 id="fees">{t('statement.fees', { n: fees.version })}</h2>
      <dl className="facts">
        <div>
          <dt>{t('statement.fees.service')}</dt>
          <dd>{percent(fees.serviceBp)}</dd>
        </div>
        <div>
          <dt>{t('statement.fees.cap')}</dt>
          <dd>
            <Money fen={fees.serviceCapFen} />
          </dd>
        </div>
        <div>
          <dt>{t('statement.fees.channel')}</dt>
          <dd>{percent(fees.channelBp)}</dd>
        </div>
      </dl>
    </section>
  );
}
