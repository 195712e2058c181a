import { type ReactNode, useEffect, useId, useRef } from 'react';
import { useText } from '../text/catalogue';

/** The browser's own dialog: it keeps the keyboard, Esc leaves it, and what is behind it is out of reach. Shown for as long as it is there. */
export function Modal({ title, close, children }: { readonly title: string; readonly close: () => void; readonly children: ReactNode }): ReactNode {
  const t = useText();
  const id = useId();
  const here = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    if (!here.current?.open) here.current?.showModal();
    here.current?.querySelector<HTMLElement>('[data-first]')?.focus();
    return () => before?.focus();
  }, []);
  return (
    <dialog
      ref={here}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
    >
      <div className="dialog-head">
        <h2 id={id}>{title}</h2>
        <button type="button" className="link" onClick={close} aria-label={t('shell.close')}>
          <span aria-hidden="true">✕</span>
        </button>
      </div>
      {children}
    </dialog>
  );
}
