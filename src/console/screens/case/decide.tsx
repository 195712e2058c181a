import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Button } from 'antd';
import { type ReactNode, useState } from 'react';
import { answer, api } from '../../client/client';
import { useKeys } from '../../parts/keys';
import { ProblemNote } from '../../parts/problem';
import { type TextKey, useText, wordOf } from '../../text/catalogue';
import { AskDialog } from './askDialog';
import { ApproveDialog, RefuseDialog } from './decisionDialogs';
import type { Case, Subject } from './subject';

type Open = 'approve' | 'refuse' | 'ask' | null;

/** The decision of a case: three acts by key while it is open, and then what became of it. Nothing here runs ahead of the house's answer. */
export function Decide({ of, subject }: { readonly of: Case; readonly subject: Subject }): ReactNode {
  const t = useText();
  const [open, setOpen] = useState<Open>(null);
  const isOpen = subject.standing === 'open' || subject.standing === 'asked';
  const mayAsk = subject.kind === 'prior-audit' && subject.standing === 'open';
  const acts = [
    ...(subject.standing === 'open' ? [['approve', 'a', 'case.approve'] as const] : []),
    ...(isOpen ? [['refuse', 'r', 'case.refuse'] as const] : []),
    ...(mayAsk ? [['ask', 'm', 'case.ask'] as const] : []),
  ];
  useKeys(acts.map(([act, key, text]) => ({ key, text: text as TextKey, run: () => setOpen(act) })));
  const close = (): void => setOpen(null);
  return (
    <section className="card decide" aria-label={t('case.decide')}>
      <Standing of={of} subject={subject} />
      <div className="row">
        {acts.map(([act, key, text]) => (
          <Button key={act} type={act === 'approve' ? 'primary' : 'default'} danger={act === 'refuse'} onClick={() => setOpen(act)}>
            {t(text)} <kbd>{key}</kbd>
          </Button>
        ))}
        <NextCase primary={!isOpen} />
      </div>
      {open === 'approve' && <ApproveDialog subject={subject} close={close} />}
      {open === 'refuse' && <RefuseDialog of={of} subject={subject} close={close} />}
      {open === 'ask' && <AskDialog campaignId={of.id} close={close} />}
    </section>
  );
}

/** Where the decision stands, in words. */
function Standing({ of, subject }: { readonly of: Case; readonly subject: Subject }): ReactNode {
  const t = useText();
  const at = wordOf(t, subject.kind === 'prior-audit' ? 'phase' : 'stage', subject.at);
  const decision = subject.kind === 'prior-audit' ? of.decision : null;
  return (
    <div role="status" data-standing={subject.standing}>
      {decision && <p>{t('case.decided.by', { by: decision.by, what: t(decision.decision === 'approve' ? 'case.approve' : 'case.refuse') })}</p>}
      {subject.standing === 'sent' && <p className="alert">{t('case.sent')}</p>}
      {subject.standing === 'taken' && <p className="alert good">{t('case.accepted', { phase: at })}</p>}
      {subject.standing === 'asked' && <p className="alert warn">{t('case.asked')}</p>}
    </div>
  );
}

/** Takes the next case of the queue. */
function NextCase({ primary }: { readonly primary: boolean }): ReactNode {
  const t = useText();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const next = useMutation({
    mutationFn: () => answer(api.POST('/v1/review-queue/next', { body: {} })),
    onSuccess: ({ item }) => {
      void cache.invalidateQueries({ queryKey: ['queue'] });
      if (item)
        void navigate({ to: '/cases/$campaignId', params: { campaignId: item.campaignId }, search: { kind: item.kind, subject: item.subjectId } });
    },
  });
  const take = (): void => {
    if (!next.isPending) next.mutate();
  };
  useKeys([{ key: 'n', text: 'case.next', run: take }]);
  return (
    <>
      <Button type={primary ? 'primary' : 'default'} onClick={take} loading={next.isPending}>
        {t('case.next')} <kbd>n</kbd>
      </Button>
      {next.data?.item === null && (
        <span role="status">
          {t('queue.nothing')} <Link to="/queue">{t('case.queue')}</Link>
        </span>
      )}
      <ProblemNote error={next.error} />
    </>
  );
}
