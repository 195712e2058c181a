import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { answer, api } from '../../client/client';
import { Money } from '../../parts/format';
import { useMe } from '../../parts/me';
import { Badge, Waiting } from '../../parts/page';
import { usePreferences } from '../../parts/preferences';
import { useText } from '../../text/catalogue';
import { ExceptionActs } from '../exceptions/exceptionActs';
import { Matches } from '../exceptions/matches';
import { Proposals } from './proposals';

/** One line: what it is, what it could be, what it is matched with, each match undone alone. What else may be done with it is on the page of its money event. */
export function LinePane({ exceptionId }: { readonly exceptionId: string }): ReactNode {
  const t = useText();
  const me = useMe();
  const { language } = usePreferences();
  const [done, setDone] = useState(false);
  const path = { id: exceptionId };
  const found = useQuery({
    queryKey: ['exception', exceptionId],
    queryFn: () => answer(api.GET('/v1/exceptions/{id}', { params: { path } })),
  });
  const proposals = useQuery({
    queryKey: ['reconciliation', 'proposals', exceptionId],
    queryFn: () => answer(api.GET('/v1/exceptions/{id}/proposals', { params: { path } })),
  });
  if (!found.data || !proposals.data)
    return (
      <Waiting
        error={found.error ?? proposals.error}
        retry={() => {
          void found.refetch();
          void proposals.refetch();
        }}
      />
    );
  const of = found.data;
  const matchable = of.acts.some((act) => act.startsWith('match-'));
  const mayAct = me !== undefined && me.role !== 'auditor';
  return (
    <>
      <div className="card">
        <p>
          <strong>{of.cause[language]}</strong> <Badge tone={of.state === 'open' ? 'warn' : 'good'}>{t(`exceptions.state.${of.state}`)}</Badge>
        </p>
        <dl className="facts">
          <div>
            <dt>{t('recon.amount')}</dt>
            <dd className="figure">{of.money.amountFen === null ? '—' : <Money fen={of.money.amountFen} />}</dd>
          </div>
          <div>
            <dt>{t('exception.matched')}</dt>
            <dd className="figure">
              <Money fen={of.money.matchedFen} />
            </dd>
          </div>
          <div>
            <dt>{t('recon.open')}</dt>
            <dd className="figure">
              <Money fen={of.money.openFen} />
            </dd>
          </div>
        </dl>
        <details>
          <summary>{t('exception.guidance')}</summary>
          <p>{of.guidance[language]}</p>
        </details>
        {of.reason && <p className="alert good">{t('exception.resolved', { reason: of.reason })}</p>}
        <p>
          <Link to="/exceptions/$exceptionId" params={{ exceptionId }}>
            {t('recon.all')}
          </Link>
        </p>
      </div>
      <div role="status">{done && <p className="alert good">{t('recon.done')}</p>}</div>
      {matchable && mayAct && (
        <Proposals key={`${proposals.data.openFen}/${proposals.data.proposals.length}`} of={of} found={proposals.data} done={() => setDone(true)} />
      )}
      {!matchable && of.state === 'open' && <ExceptionActs of={of} />}
      {(of.matches ?? []).length > 0 && <Matches of={of} undoKey />}
    </>
  );
}
