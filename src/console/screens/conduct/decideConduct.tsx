import { useMutation } from '@tanstack/react-query';
import { Input } from 'antd';
import { type ReactNode, useId, useState } from 'react';
import { answer, api } from '../../client/client';
import { Choice } from '../../parts/choice';
import { DayField } from '../../parts/day';
import { Dialog } from '../../parts/dialog';
import { useText, wordOf } from '../../text/catalogue';

const VERDICTS = ['no-breach', 'warning', 'suspension', 'removal'] as const;
const OUTCOMES = ['upheld', 'dismissed'] as const;

interface Props {
  readonly id: string;
  readonly act: 'decide' | 'decide-appeal';
  readonly close: () => void;
  readonly done: () => void;
}

/** Decides a case with its sanction, or the appeal against it. What is left out the house names. */
export function DecideConduct({ id, act, close, done }: Props): ReactNode {
  const t = useText();
  const reasonId = useId();
  const [verdict, setVerdict] = useState<(typeof VERDICTS)[number]>();
  const [outcome, setOutcome] = useState<(typeof OUTCOMES)[number]>();
  const [until, setUntil] = useState<string>();
  const [reason, setReason] = useState('');
  const params = { path: { id } };
  const decided = () => ({
    ...(verdict === undefined ? {} : verdict === 'no-breach' ? { outcome: verdict } : { outcome: 'breach', sanction: verdict }),
    ...(verdict === 'suspension' && until ? { suspendedUntil: `${until}T00:00:00+08:00` } : {}),
    reason,
  });
  const send = useMutation({
    mutationFn: (): Promise<unknown> =>
      act === 'decide'
        ? answer(api.POST('/v1/conduct-cases/{id}/decision', { params, body: decided() as never }))
        : answer(api.POST('/v1/conduct-cases/{id}/appeal/decision', { params, body: { outcome, reason } as never })),
    onSuccess: done,
  });
  const title = t(`conduct.${act}`);
  return (
    <Dialog title={title} act={title} danger busy={send.isPending} error={send.error} send={() => send.mutate()} close={close}>
      <label htmlFor={reasonId}>{t('conduct.reason')}</label>
      <Input.TextArea
        id={reasonId}
        data-first
        required
        rows={2}
        maxLength={1_000}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      {act === 'decide' ? (
        <Choice
          label={t('conduct.result')}
          value={verdict}
          none={t('conduct.choose')}
          choices={VERDICTS.map((each) => [each, wordOf(t, 'verdictOf', each)] as const)}
          choose={setVerdict}
        />
      ) : (
        <Choice
          label={t('conduct.appealResult')}
          value={outcome}
          none={t('conduct.choose')}
          choices={OUTCOMES.map((each) => [each, wordOf(t, 'appealOf', each)] as const)}
          choose={setOutcome}
        />
      )}
      {verdict === 'suspension' && <DayField label={t('conduct.until')} value={until} choose={setUntil} />}
    </Dialog>
  );
}
