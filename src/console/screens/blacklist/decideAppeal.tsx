import { useMutation } from '@tanstack/react-query';
import { Input } from 'antd';
import { type ReactNode, useId, useState } from 'react';
import { answer, api } from '../../client/client';
import { Choice } from '../../parts/choice';
import { Dialog } from '../../parts/dialog';
import { useText, wordOf } from '../../text/catalogue';

const OUTCOMES = ['upheld', 'dismissed'] as const;

interface Props {
  readonly id: string;
  /** What the appeal says, once it is read: nobody decides on what they have not seen. */
  readonly said: string | undefined;
  /** Why it could not be read. */
  readonly error: unknown;
  readonly close: () => void;
  readonly done: () => void;
}

/** Decides an appeal with what it says before one's eyes. */
export function DecideAppeal({ id, said, error, close, done }: Props): ReactNode {
  const t = useText();
  const reasonId = useId();
  const [outcome, setOutcome] = useState<(typeof OUTCOMES)[number]>();
  const [reason, setReason] = useState('');
  const send = useMutation({
    mutationFn: () => answer(api.POST('/v1/blacklist-appeals/{id}/decision', { params: { path: { id } }, body: { outcome, reason } as never })),
    onSuccess: done,
  });
  const title = t('blacklist.decide');
  return (
    <Dialog
      title={title}
      act={title}
      danger
      busy={send.isPending || said === undefined}
      error={send.error ?? error}
      send={() => send.mutate()}
      close={close}
    >
      <blockquote>{said ?? t('shell.loading')}</blockquote>
      <label htmlFor={reasonId}>{t('blacklist.reason')}</label>
      <Input.TextArea
        id={reasonId}
        data-first
        required
        rows={2}
        maxLength={1_000}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      <Choice
        label={t('blacklist.appealOutcome')}
        value={outcome}
        none={t('blacklist.choose')}
        choices={OUTCOMES.map((each) => [each, wordOf(t, 'listingAppeal', each)] as const)}
        choose={setOutcome}
      />
      <p className="muted">{t('blacklist.decideSure')}</p>
    </Dialog>
  );
}
