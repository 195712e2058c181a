import { useMutation } from '@tanstack/react-query';
import { Input } from 'antd';
import { type ReactNode, useId, useState } from 'react';
import { answer, api } from '../../client/client';
import { Choice } from '../../parts/choice';
import { Dialog } from '../../parts/dialog';
import { Modal } from '../../parts/modal';
import { useText, wordOf } from '../../text/catalogue';

const ROLES = ['reviewer', 'finance-maker', 'finance-checker', 'operator', 'auditor', 'administrator'] as const;

/** Gives somebody a log-in; the first password is shown once and kept nowhere. */
export function AddStaff({ close, done }: { readonly close: () => void; readonly done: () => void }): ReactNode {
  const t = useText();
  const [nameId, loginId] = [useId(), useId()];
  const [displayName, setName] = useState('');
  const [login, setLogin] = useState('');
  const [role, setRole] = useState<(typeof ROLES)[number]>('reviewer');
  const send = useMutation({ mutationFn: () => answer(api.POST('/v1/staff', { body: { displayName, login, role } })), onSuccess: done });
  if (send.data)
    return (
      <Modal title={t('staff.add')} close={close}>
        <p>{t('staff.added')}</p>
        <p>
          <code>{send.data.login}</code>
        </p>
        <p className="figure">
          <code>{send.data.password}</code>
        </p>
      </Modal>
    );
  return (
    <Dialog title={t('staff.add')} act={t('staff.add')} busy={send.isPending} error={send.error} send={() => send.mutate()} close={close}>
      <label htmlFor={nameId}>{t('staff.name')}</label>
      <Input id={nameId} data-first required maxLength={50} value={displayName} onChange={(event) => setName(event.target.value)} />
      <label htmlFor={loginId}>{t('staff.login')}</label>
      <Input id={loginId} required maxLength={100} autoComplete="off" value={login} onChange={(event) => setLogin(event.target.value)} />
      <Choice
        label={t('staff.role')}
        value={role}
        choices={ROLES.map((each) => [each, wordOf(t, 'role', each)] as const)}
        choose={(chosen) => setRole(chosen ?? 'reviewer')}
      />
    </Dialog>
  );
}
