import { useMutation } from '@tanstack/react-query';
import { Input } from 'antd';
import { type ReactNode, useId, useState } from 'react';
import type { components } from '../../../../dist/openapi/schema';
import { answer, api } from '../../client/client';
import { Choice } from '../../parts/choice';
import { Dialog } from '../../parts/dialog';
import { yuan } from '../../parts/format';
import { ProofField, useProofOf } from '../../parts/proof';
import { useText } from '../../text/catalogue';

export type Recall = components['schemas']['Recall'];
const REASONS = ['duplicate', 'fraud', 'wrong-account', 'wrong-amount', 'not-due'] as const satisfies readonly Recall['reason'][];

interface Ends {
  readonly close: () => void;
  readonly done: () => void;
}

/** Asks a payout back, for a reason and in words. Asked twice it is refused, so a lost answer does no harm. */
export function AskDialog({ payoutId, close, done }: Ends & { readonly payoutId: string }): ReactNode {
  const t = useText();
  const wordsId = useId();
  const [reason, setReason] = useState<Recall['reason']>('duplicate');
  const [words, setWords] = useState('');
  const ask = useMutation({
    mutationFn: () => answer(api.POST('/v1/payouts/{id}/recalls', { params: { path: { id: payoutId } }, body: { reason, words } })),
    onSuccess: done,
  });
  return (
    <Dialog title={t('recall.ask.title')} act={t('recall.ask')} danger busy={ask.isPending} error={ask.error} send={() => ask.mutate()} close={close}>
      <p className="muted">{t('recall.ask.hint')}</p>
      <Choice
        label={t('recalls.reason')}
        value={reason}
        none={t('recallReason.duplicate')}
        choices={REASONS.slice(1).map((word) => [word, t(`recallReason.${word}`)] as const)}
        choose={(chosen) => setReason(chosen ?? 'duplicate')}
      />
      <label htmlFor={wordsId}>{t('recall.words')}</label>
      <Input.TextArea id={wordsId} data-first rows={2} value={words} maxLength={500} required onChange={(event) => setWords(event.target.value)} />
    </Dialog>
  );
}

/** Shows once more that it is this person, for exactly the digest on the screen, and confirms it. */
export function ConfirmDialog({ recall, close, done }: Ends & { readonly recall: Recall }): ReactNode {
  const t = useText();
  const proofOf = useProofOf();
  // What was on the screen when the dialog opened is what is confirmed, whatever is read meanwhile.
  const [{ id, digest, amountFen }] = useState(recall);
  const [proof, setProof] = useState('');
  const confirm = useMutation({
    mutationFn: async () => {
      const shown = { act: 'recall.confirm' as const, digest, ...proofOf(proof) };
      const { stepUp } = await answer(api.POST('/v1/step-ups', { body: shown }));
      return answer(api.POST('/v1/recalls/{id}/confirmation', { params: { path: { id } }, body: { stepUp } }));
    },
    onSuccess: done,
  });
  return (
    <Dialog
      title={t('recall.confirm.title', { amount: yuan(amountFen) })}
      act={t('recall.confirm')}
      busy={confirm.isPending}
      error={confirm.error}
      send={() => confirm.mutate()}
      close={close}
    >
      <p className="muted">
        {t('recall.digest')} <code className="digest">{digest}</code>
      </p>
      <ProofField typed={proof} change={setProof} first />
      <p className="muted">{t('recall.stepUp.hint')}</p>
    </Dialog>
  );
}

/** Takes a recall back that nobody has confirmed. */
export function WithdrawDialog({ recall, close, done }: Ends & { readonly recall: Recall }): ReactNode {
  const t = useText();
  const withdraw = useMutation({
    mutationFn: () => answer(api.POST('/v1/recalls/{id}/withdrawal', { params: { path: { id: recall.id } } })),
    onSuccess: done,
  });
  return (
    <Dialog
      title={t('recall.withdraw.title')}
      act={t('recall.withdraw')}
      firstIsButton
      busy={withdraw.isPending}
      error={withdraw.error}
      send={() => withdraw.mutate()}
      close={close}
    >
      <p>{t('recall.withdraw.hint')}</p>
    </Dialog>
  );
}
