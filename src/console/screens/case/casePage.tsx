import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { type ReactNode, useEffect, useState } from 'react';
import { answer, api } from '../../client/client';
import { Money, Time } from '../../parts/format';
import { Badge, PageTitle, Waiting } from '../../parts/page';
import { ProblemNote } from '../../parts/problem';
import { useText, wordOf } from '../../text/catalogue';
import { CaseAsides } from './asides';
import { Decide } from './decide';
import { Evidence } from './evidence';
import { MachineReport } from './machineReport';
import { type Case, type Kind, type Subject, subjectOf } from './subject';
import { Timeline } from './timeline';

/** How often a decision that is under way is looked after, ms. */
const LOOK_MS = 1_000;

/** One case: evidence on the left, what the machine says on the right, the decision under one's keys, and what happened so far. */
export function CasePage(): ReactNode {
  const t = useText();
  const { campaignId } = useParams({ from: '/cases/$campaignId' });
  const search = useSearch({ from: '/cases/$campaignId' });
  const kind = (search.kind ?? 'prior-audit') as Kind;
  const subjectId = search.subject ?? campaignId;
  const found = useQuery({
    queryKey: ['case', campaignId],
    queryFn: () => answer(api.GET('/v1/campaigns/{id}', { params: { path: { id: campaignId } } })),
    refetchInterval: ({ state }) => (state.data && subjectOf(state.data, kind, subjectId).standing === 'sent' ? LOOK_MS : false),
  });
  const taken = useClaim(kind, subjectId);
  if (!found.data) return <Waiting error={found.error} retry={() => void found.refetch()} />;
  const subject = subjectOf(found.data, kind, subjectId);
  return (
    <>
      <p className="crumbs">
        <Link to="/queue">{t('nav.queue')}</Link>
      </p>
      <PageTitle title={found.data.title}>
        <Badge tone="plain">{wordOf(t, 'kind', kind)}</Badge>
        <Link to="/blacklist" search={{ campaign: campaignId }}>
          {t('blacklist.list')}
        </Link>
      </PageTitle>
      <Facts of={found.data} />
      {subject.standing === 'open' && <ProblemNote error={taken} />}
      <Decide of={found.data} subject={subject} />
      {subject.standing === 'open' && <CaseAsides kind={kind} subjectId={subjectId} />}
      <div className="two">
        <section aria-labelledby="evidence">
          <h2 id="evidence">{t('case.evidence')}</h2>
          <ReleaseFacts of={found.data} subject={subject} />
          <Evidence campaignId={campaignId} open={search.document} compare={search.compare} />
        </section>
        <section aria-labelledby="machine">
          <h2 id="machine">{t('case.machine')}</h2>
          <MachineReport of={found.data} />
        </section>
      </div>
      <Timeline campaignId={campaignId} from={search.from} />
    </>
  );
}

/** Opening a case takes it in hand. @returns why that could not be: somebody else has it. */
function useClaim(kind: Kind, subjectId: string): unknown {
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    let here = true;
    setError(null);
    answer(api.POST('/v1/review-queue/claims', { body: { kind, subjectId } })).catch((refused: unknown) => here && setError(refused));
    return () => {
      here = false;
    };
  }, [kind, subjectId]);
  return error;
}

function Facts({ of }: { readonly of: Case }): ReactNode {
  const t = useText();
  return (
    <dl className="facts">
      <div>
        <dt>{t('case.phase')}</dt>
        <dd>{wordOf(t, 'phase', of.phase)}</dd>
      </div>
      <div>
        <dt>{t('case.ask.amount')}</dt>
        <dd>
          <Money fen={of.askFen} />
        </dd>
      </div>
      <div>
        <dt>{t('case.submitted')}</dt>
        <dd>
          <Time at={of.submittedAt} />
        </dd>
      </div>
      <div>
        <dt>{t('case.edition')}</dt>
        <dd>{of.edition}</dd>
      </div>
    </dl>
  );
}

/** The release that is to be decided on, or the evidence of its use. */
function ReleaseFacts({ of, subject }: { readonly of: Case; readonly subject: Subject }): ReactNode {
  const t = useText();
  if (subject.kind === 'prior-audit') return null;
  const release = of.releases.find((each) => each.id === subject.id || each.evidenceAwaitingDecision.some((evidence) => evidence.id === subject.id));
  if (!release) return null;
  const evidence = release.evidenceAwaitingDecision.find((each) => each.id === subject.id);
  return (
    <div className="card">
      <h3>{t('case.release')}</h3>
      <dl className="facts">
        <div>
          <dt>{t('case.purpose')}</dt>
          <dd>{release.purpose}</dd>
        </div>
        <div>
          <dt>{t('case.gross')}</dt>
          <dd>
            <Money fen={release.grossFen} /> {release.urgent && <Badge tone="warn">{t('case.urgent')}</Badge>}
          </dd>
        </div>
        <div>
          <dt>{t('case.phase')}</dt>
          <dd>
            {wordOf(t, 'stage', release.stage)} · {t('case.batch', { n: release.batch, of: release.batches })}
          </dd>
        </div>
        {evidence && (
          <div>
            <dt>{t('case.useEvidence')}</dt>
            <dd>
              <Money fen={evidence.amountFen} />
            </dd>
          </div>
        )}
      </dl>
    </div>
  );
}
