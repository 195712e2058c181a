import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { answer, api } from '../../client/client';
import { DayField } from '../../parts/day';
import { Exports } from '../../parts/exports';
import { Money, Time } from '../../parts/format';
import { Badge, PageTitle, Waiting } from '../../parts/page';
import { useText } from '../../text/catalogue';
import { CampaignList } from './campaignList';
import { DaysView } from './daysView';
import { AsOf, type Statement, StatementView } from './statementView';

/** A platform's day: the bank's statement beside the books, interest apart, and whether the day is closed; then its campaigns, each with its own statement. */
export function PlatformStatementPage(): ReactNode {
  const t = useText();
  const navigate = useNavigate();
  const search = useSearch({ from: '/statements' });
  // Without a day in the address it is today of the platform's clock, as the house says.
  const today = useQuery({
    queryKey: ['reconciliation', 'days', undefined],
    queryFn: () => answer(api.GET('/v1/reconciliation-days')),
    enabled: search.day === undefined,
  });
  const day = search.day ?? today.data?.days[0]?.day;
  const query = { day: day! };
  const found = useQuery({
    queryKey: ['statement', 'platform', day],
    queryFn: () => answer(api.GET('/v1/statements/platform', { params: { query } })),
    enabled: day !== undefined,
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <PageTitle title={t('statement.platform')} />
      <form className="filter" aria-label={t('shell.filter')} onSubmit={(event) => event.preventDefault()}>
        <DayField
          label={t('statement.day')}
          value={day}
          choose={(chosen) => void navigate({ to: '/statements', search: { ...search, day: chosen } })}
        />
      </form>
      {!found.data || !day ? (
        <Waiting error={today.error ?? found.error} retry={() => void (day ? found.refetch() : today.refetch())} />
      ) : (
        <>
          <Exports ask={(format) => api.GET('/v1/exports/statements/platform', { params: { query: { day, format } }, parseAs: 'blob' })} />
          <AsOf of={found.data} />
          <BankAndClose of={found.data} day={day} />
          <DaysView of={found.data} />
          <StatementView of={found.data} />
        </>
      )}
      <CampaignList after={search.after} />
    </>
  );
}

function BankAndClose({ of, day }: { readonly of: Statement; readonly day: string }): ReactNode {
  const t = useText();
  return (
    <section className="card" aria-labelledby="bank">
      <h2 id="bank">{t('statement.bank')}</h2>
      <dl className="facts">
        <div>
          <dt>{t('recon.lines')}</dt>
          <dd>
            {of.bank!.lines}{' '}
            <Link to="/reconciliation" search={{ day }}>
              {t('nav.reconciliation')}
            </Link>
          </dd>
        </div>
        <div>
          <dt>{t('recon.credited')}</dt>
          <dd>
            <Money fen={of.bank!.creditedFen} />
          </dd>
        </div>
        <div>
          <dt>{t('recon.debited')}</dt>
          <dd>
            <Money fen={of.bank!.debitedFen} />
          </dd>
        </div>
        <div>
          <dt>{t('statement.interest')}</dt>
          <dd>
            <Money fen={of.interestFen ?? '0'} />
          </dd>
        </div>
        <div>
          <dt>{t('recon.close')}</dt>
          <dd>
            {of.close ? (
              <>
                <Badge tone="good">{t('recon.closed')}</Badge> <Time at={of.close.closedAt} />
              </>
            ) : (
              <Badge tone="plain">{t('recon.notClosed')}</Badge>
            )}
          </dd>
        </div>
      </dl>
    </section>
  );
}
