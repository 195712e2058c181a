import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Dialog } from '../../parts/dialog';

/** What somebody is about to do, and what follows from it. */
export interface Confirmed {
  readonly title: string;
  readonly about: string;
  readonly follows: string;
  readonly danger?: boolean;
  readonly send: () => Promise<unknown>;
}

/** Asks once before an act of the administrator is sent. */
export function ConfirmAct({
  of,
  close,
  done,
}: {
  readonly of: Confirmed;
  readonly close: () => void;
  readonly done: (answer: unknown) => void;
}): ReactNode {
  const send = useMutation({ mutationFn: of.send, onSuccess: done });
  return (
    <Dialog
      title={of.title}
      act={of.title}
      danger={of.danger ?? false}
      firstIsButton
      busy={send.isPending}
      error={send.error}
      send={() => send.mutate()}
      close={close}
    >
      <p>
        <strong>{of.about}</strong>
      </p>
      <p>{of.follows}</p>
    </Dialog>
  );
}
