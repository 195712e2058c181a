import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { type ReactNode, useId, useRef, useState } from 'react';
import { answer, api, newKey } from '../../client/client';
import { problemOf } from '../../client/problem';
import { Dialog } from '../../parts/dialog';
import { yuan } from '../../parts/format';
import { useKeys } from '../../parts/keys';
import { useMe } from '../../parts/me';
import { ProblemNote } from '../../parts/problem';
import { ProofField, useProofOf } from '../../parts/proof';
import { type TextKey, useText } from '../../text/catalogue';
import type { Batch } from './batchPage';
import { EmergencyNote } from './emergency';

type Decision = 'approve' | 'reject';

/** A checker's two acts and a maker's one, while the house lets them; then where the batch stands. */
export function SignBatch({ batch }: { readonly batch: Batch }): ReactNode {
  const t = useText();
  const me = useMe();
  const cache = useQueryClient();
  const [open, setOpen] = useState<Decision | null>(null);
  const [signed, setSigned] = useState(false);
  const { proposal } = batch;
  const stale = batch.state === 'proposed' && proposal !== null && proposal.changedLines > 0;
  const maySign = me?.role === 'finance-checker' && batch.state === 'proposed' && !stale;
  const mayPropose = me?.role === 'finance-maker' && me.id === batch.makerId && (stale || batch.state === 'draft');
  const propose = useMutation({
    mutationFn: () => answer(api.POST('/v1/payout-batches/{id}/proposal', { params: { path: { id: batch.id } } })),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['batch', batch.id] }),
  });
  const acts: { key: string; text: TextKey; run: () => void }[] = [
    ...(maySign ? [{ key: 's', text: 'batch.sign' as const, run: () => setOpen('approve') }] : []),
    ...(maySign ? [{ key: 'x', text: 'batch.reject' as const, run: () => setOpen('reject') }] : []),
    ...(mayPropose ? [{ key: 'p', text: 'batch.propose' as const, run: () => propose.mutate() }] : []),
  ];
  useKeys(acts);
  return (
    <section className="decide" aria-label={t('batch.signatures')}>
      {stale && <p className="alert bad">{t('batch.changed', { n: proposal.changedLines })}</p>}
      <div role="status">
        {signed && <p className="alert good">{t('batch.signed')}</p>}
        {batch.state === 'approved' && !batch.terminal && <p className="alert">{t('batch.waiting')}</p>}
        {batch.terminal && <p className="alert good">{t(batch.reconciled ? 'batch.reconciled' : 'batch.over')}</p>}
      </div>
      <ProblemNote error={propose.error} sent />
      <div className="row">
        {acts.map((act, i) => (
          <Button
            key={act.key}
            type={i === 0 ? 'primary' : 'default'}
            danger={act.key === 'x'}
            onClick={act.run}
            loading={act.key === 'p' && propose.isPending}
          >
            {t(act.text)} <kbd>{act.key}</kbd>
          </Button>
        ))}
      </div>
      {open && proposal && <SignDialog batch={batch} decision={open} close={() => setOpen(null)} done={() => setSigned(true)} />}
    </section>
  );
}

/** Shows once that it is this person, for exactly the digest on the screen, and signs it. A batch that changed meanwhile has another digest and is refused. */
function SignDialog({
  batch,
  decision,
  close,
  done,
}: {
  readonly batch: Batch;
  readonly decision: Decision;
  readonly close: () => void;
  readonly done: () => void;
}): ReactNode {
  const t = useText();
  const proofOf = useProofOf();
  const cache = useQueryClient();
  const reasonId = useId();
  // What was on the screen when the dialog opened is what is signed, whatever is read meanwhile.
  const [shown] = useState(batch.proposal!);
  // Of a try whose answer was lost: sent again it is the same request, and is done once. A refusal ends it.
  const tried = useRef<{ readonly key: string; readonly stepUp: string } | null>(null);
  const [proof, setProof] = useState('');
  const [reason, setReason] = useState('');
  const sign = useMutation({
    mutationFn: async () => {
      const { digest } = shown;
      const shownAgain = { act: 'batch.sign' as const, digest, ...proofOf(proof) };
      tried.current ??= { key: newKey(), stepUp: (await answer(api.POST('/v1/step-ups', { body: shownAgain }))).stepUp };
      const { key, stepUp } = tried.current;
      const params = { path: { id: batch.id }, header: { 'Idempotency-Key': key } };
      return answer(api.POST('/v1/payout-batches/{id}/signatures', { params, body: { digest, decision, stepUp, ...(reason ? { reason } : {}) } }));
    },
    onError: (error) => {
      if (problemOf(error)) tried.current = null;
    },
    onSuccess: () => {
      done();
      close();
    },
    onSettled: () => cache.invalidateQueries({ queryKey: ['batch', batch.id] }),
  });
  const title = decision === 'approve' ? t('batch.sign.title', { n: shown.count, total: yuan(shown.netFen) }) : t('batch.reject.title');
  return (
    <Dialog
      title={title}
      act={t(decision === 'approve' ? 'batch.sign' : 'batch.reject')}
      danger={decision === 'reject'}
      busy={sign.isPending}
      error={sign.error}
      send={() => sign.mutate()}
      close={close}
    >
      <EmergencyNote of={batch} />
      <p className="muted">
        {t('batch.digest')} <code className="digest">{shown.digest}</code>
      </p>
      {decision === 'reject' && (
        <>
          <label htmlFor={reasonId}>{t('batch.reason')}</label>
          <Input id={reasonId} data-first value={reason} maxLength={500} required onChange={(event) => setReason(event.target.value)} />
        </>
      )}
      <ProofField typed={proof} change={setProof} first={decision === 'approve'} />
      <p className="muted">{t('batch.stepUp.hint')}</p>
    </Dialog>
  );
}
