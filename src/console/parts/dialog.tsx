import { Button } from 'antd';
import { type FormEvent, type KeyboardEvent, type ReactNode, useRef } from 'react';
import { useText } from '../text/catalogue';
import { Modal } from './modal';
import { ProblemNote } from './problem';

interface Props {
  readonly title: string;
  /** What the button does, in words. */
  readonly act: string;
  readonly danger?: boolean;
  readonly busy: boolean;
  readonly error: unknown;
  readonly send: () => void;
  readonly close: () => void;
  /** The field that it opens on says `data-first`; left out, it is the button. */
  readonly firstIsButton?: boolean;
  readonly children?: ReactNode;
}

/** A form that asks before something is decided. Ctrl+Enter sends it, Esc leaves it. While it is under way it cannot be sent again. */
export function Dialog({ title, act, danger = false, busy, error, send, close, firstIsButton = false, children }: Props): ReactNode {
  const t = useText();
  const form = useRef<HTMLFormElement>(null);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!busy) send();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.current?.requestSubmit();
  };
  return (
    <Modal title={title} close={close}>
      <form ref={form} onSubmit={submit} onKeyDown={onKeyDown} className="dialog">
        <ProblemNote error={error} sent />
        {children}
        <div className="row">
          <Button type="primary" danger={danger} htmlType="submit" loading={busy} {...(firstIsButton ? { 'data-first': true } : {})}>
            {act}
          </Button>
          <Button onClick={close}>{t('shell.cancel')}</Button>
        </div>
      </form>
    </Modal>
  );
}
