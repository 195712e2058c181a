import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { Button } from 'antd';
import { type ReactNode, useState } from 'react';
import { answer, api } from '../../client/client';
import { Facts } from '../../parts/facts';
import { Time } from '../../parts/format';
import { useKeys } from '../../parts/keys';
import { PageTitle, Waiting } from '../../parts/page';
import { usePreferences } from '../../parts/preferences';
import { useText, wordOf } from '../../text/catalogue';
import { CaseState, decisionOf } from './conductPage';
import { DecideConduct } from './decideConduct';

/** One conduct case: what is alleged, what was decided, what the appeal says, and the decision that waits for this person. */
export function ConductCasePage(): ReactNode {
  const t = useText();
  const cache = useQueryClient();
  const { language } = usePreferences();
  const { caseId } = useParams({ from: '/conduct/$caseId' });
  const [deciding, setDeciding] = useState(false);
  const found = useQuery({
    queryKey: ['conduct-case', caseId],
    queryFn: () => answer(api.GET('/v1/conduct-cases/{id}', { params: { path: { id: caseId } } })),
    // Each look is on record: only a person's own counts.
    staleTime: 'static',
    gcTime: 0,
  });
  const act = found.data?.acts[0];
  useKeys(act ? [{ key: 'd', text: `conduct.${act}`, run: () => setDeciding(true) }] : []);
  if (!found.data) return <Waiting error={found.error} retry={() => void found.refetch()} />;
  const of = found.data;
  const { appeal } = of;
  return (
    <>
      <p className="crumbs">
        <Link to="/conduct">{t('nav.conduct')}</Link>
      </p>
      <PageTitle title={t('conduct.case')}>
        <CaseState state={of.state} />
        {act && (
          <Button type="primary" onClick={() => setDeciding(true)}>
            {t(`conduct.${act}`)} <kbd>d</kbd>
          </Button>
        )}
      </PageTitle>
      {!act && <p className="muted">{t('conduct.none')}</p>}
      <section className="card" aria-labelledby="alleged">
        <h2 id="alleged">{t('conduct.alleged')}</h2>
        <p>
          <strong>{of.bottomLine[language]}</strong>
        </p>
        <p>{of.evidence}</p>
        <Facts
          of={[
            [t('conduct.contract'), <code key="contract">{of.contractRef}</code>],
            [t('conduct.opened'), <Time key="opened" at={of.openedAt} />],
            [t('conduct.result'), decisionOf(t, of)],
            ...(of.suspendedUntil ? ([[t('conduct.until'), <Time key="until" at={of.suspendedUntil} />]] as const) : []),
            ...(of.reason ? ([[t('exception.reason'), of.reason]] as const) : []),
          ]}
        />
      </section>
      {appeal && (
        <section className="card" aria-labelledby="appeal">
          <h2 id="appeal">{t('conduct.appeal')}</h2>
          <p>{of.appealText}</p>
          <Facts
            of={[
              [t('conduct.appealResult'), appeal.outcome ? wordOf(t, 'appealOf', appeal.outcome) : '—'],
              ...(appeal.reason ? ([[t('exception.reason'), appeal.reason]] as const) : []),
            ]}
          />
        </section>
      )}
      {deciding && act && (
        <DecideConduct
          id={of.id}
          act={act}
          close={() => setDeciding(false)}
          done={() => {
            setDeciding(false);
            void found.refetch();
            for (const key of ['conduct', 'promoters']) void cache.invalidateQueries({ queryKey: [key] });
          }}
        />
      )}
    </>
  );
}
