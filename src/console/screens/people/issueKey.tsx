import { useMutation } from '@tanstack/react-query';
import { Input } from 'antd';
import { type ReactNode, useId, useState } from 'react';
import { answer, api } from '../../client/client';
import { Dialog } from '../../parts/dialog';
import { useText } from '../../text/catalogue';

/** Issues a key for all that its role may; narrower ones are issued by the API. */
export function IssueKey({ close, done }: { readonly close: () => void; readonly done: (made: unknown) => void }): ReactNode {
  const t = useText();
  const id = useId();
  const [label, setLabel] = useState('');
  const send = useMutation({ mutationFn: () => answer(api.POST('/v1/api-keys', { body: { label } })), onSuccess: done });
  return (
    <Dialog title={t('apiKeys.issue')} act={t('apiKeys.issue')} busy={send.isPending} error={send.error} send={() => send.mutate()} close={close}>
      <label htmlFor={id}>{t('apiKeys.label')}</label>
      <Input id={id} data-first required maxLength={100} value={label} onChange={(event) => setLabel(event.target.value)} />
    </Dialog>
  );
}
