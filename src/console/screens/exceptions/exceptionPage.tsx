import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { answer, api } from '../../client/client';
import { Money, Time } from '../../parts/format';
import { Badge, PageTitle, Waiting } from '../../parts/page';
import { usePreferences } from '../../parts/preferences';
import { useText, wordOf } from '../../text/catalogue';
import { CardRefunds } from './cardRefunds';
import { ExceptionAside } from './exceptionAside';
import { ExceptionActs } from './exceptionActs';
import { ageOf, type MoneyException, ownerOf } from './exceptionsPage';
import { Matches } from './matches';

/** One money event: what happened in words, what to do, where the money lies, and only the acts that the house allows now. */
export function ExceptionPage(): ReactNode {
  const t = useText();
  const { language } = usePreferences();
  const { exceptionId } = useParams({ from: '/exceptions/$exceptionId' });
  const found = useQuery({
    queryKey: ['exception', exceptionId],
    queryFn: () => answer(api.GET('/v1/exceptions/{id}', { params: { path: { id: exceptionId } } })),
  });
  if (!found.data) return <Waiting error={found.error} retry={() => void found.refetch()} />;
  const of = found.data;
  return (
    <>
      <p className="crumbs">
        <Link to="/exceptions">{t('nav.exceptions')}</Link>
      </p>
      <PageTitle title={of.cause[language]}>
        <Badge tone={of.state === 'open' ? 'warn' : 'good'}>{t(`exceptions.state.${of.state}`)}</Badge>
      </PageTitle>
      <section className="card" aria-labelledby="guidance">
        <h2 id="guidance">{t('exception.guidance')}</h2>
        <p>{of.guidance[language]}</p>
        {of.settlement && of.state === 'open' && (
          <p className="alert warn">
            {t('exception.asked', { name: of.settlement.name, reason: of.settlement.reason })} <Time at={of.settlement.askedAt} />
          </p>
        )}
        {of.reason && <p className="alert good">{t('exception.resolved', { reason: of.reason })}</p>}
      </section>
      <ExceptionActs of={of} />
      <ExceptionAside of={of} />
      <CardRefunds of={of} />
      <Position of={of} />
      <Matches of={of} />
    </>
  );
}

function Position({ of }: { readonly of: MoneyException }): ReactNode {
  const t = useText();
  const { money } = of;
  const facts: (readonly [string, ReactNode])[] = [
    [t('exceptions.amount'), money.amountFen === null ? '—' : <Money fen={money.amountFen} />],
    ...(money.expectedFen === null ? [] : ([[t('exception.expected'), <Money key="expected" fen={money.expectedFen} />]] as const)),
    [t('exception.direction'), money.direction ? t(`exception.direction.${money.direction}`) : '—'],
    [t('exceptions.open'), <Money key="open" fen={money.openFen} />],
    [t('exception.matched'), <Money key="matched" fen={money.matchedFen} />],
    [
      t('exception.account'),
      money.account ? (
        <span key="account">
          {t(`exception.account.${money.account}`)} <Money fen={money.onAccountFen} />
        </span>
      ) : (
        '—'
      ),
    ],
    [t('exceptions.owner'), ownerOf(t, of)],
    [t('exceptions.age'), ageOf(t, of.ageHours)],
    [t('exception.arisen'), <Time key="arisen" at={of.arisenAt} />],
    [t('exception.subject'), <code key="subject">{wordOf(t, 'subject', of.subject)}</code>],
  ];
  return (
    <section className="card" aria-labelledby="money">
      <h2 id="money">{t('exception.money')}</h2>
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
