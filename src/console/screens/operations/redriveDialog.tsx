import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { answer, api, newKey } from '../../client/client';
import { Dialog } from '../../parts/dialog';
import { useText } from '../../text/catalogue';
import type { Work } from './workPage';

/** Says what a re-drive would do, as the house worked it out, before it is sent. */
export function RedriveDialog({ of, close, done }: { readonly of: Work; readonly close: () => void; readonly done: () => void }): ReactNode {
  const t = useText();
  const [key] = useState(newKey);
  const send = useMutation({
    mutationFn: () =>
      answer(api.POST('/v1/operations/redrives', { params: { header: { 'Idempotency-Key': key } }, body: { workflow: of.workflow, id: of.id } })),
    onSuccess: done,
  });
  const { words, begunAnew, asksBankFirst } = of.redrive;
  return (
    <Dialog
      title={t('redrive.title')}
      act={t('redrive.act')}
      firstIsButton
      busy={send.isPending}
      error={send.error}
      send={() => send.mutate()}
      close={close}
    >
      <ul>
        <li>{t('redrive.looks')}</li>
        <li>{t('redrive.words', { n: words })}</li>
        {begunAnew && <li>{t('redrive.anew')}</li>}
        {asksBankFirst && <li>{t('redrive.bank')}</li>}
        <li>{t('redrive.recorded')}</li>
      </ul>
    </Dialog>
  );
}
