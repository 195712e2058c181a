import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { answer, api } from '../../client/client';
import { Dialog } from '../../parts/dialog';
import { useText } from '../../text/catalogue';
import type { Deletion } from './deletionsPage';

interface Props {
  readonly of: Deletion;
  readonly confirmed: boolean;
  readonly close: () => void;
  readonly done: () => void;
}

/** Confirms or declines what another person took; says first what follows. */
export function DecideDeletion({ of, confirmed, close, done }: Props): ReactNode {
  const t = useText();
  const send = useMutation({
    mutationFn: () => answer(api.POST('/v1/deletions/{id}/decision', { params: { path: { id: of.id } }, body: { confirmed } })),
    onSuccess: done,
  });
  const title = t(confirmed ? 'deletion.confirm' : 'deletion.decline');
  return (
    <Dialog
      title={title}
      act={title}
      danger={confirmed}
      busy={send.isPending}
      error={send.error}
      send={() => send.mutate()}
      close={close}
      firstIsButton
    >
      <p>
        <code>{of.personId}</code>
      </p>
      <blockquote>{of.reason}</blockquote>
      <p>{t(confirmed ? 'deletion.confirmSure' : 'deletion.declineSure')}</p>
    </Dialog>
  );
}
