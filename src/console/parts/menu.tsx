import { type FocusEvent, type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';

interface Props {
  /** What stands on its button. */
  readonly label: ReactNode;
  /** The button's whole name, where the label is shortened. */
  readonly name?: string;
  readonly className?: string;
  readonly hidden?: boolean;
  /** @param close takes the menu away and gives the keyboard back to its button. */
  readonly children: (close: () => void) => ReactNode;
}

/** A button with what it opens under it. Arrows and Tab go through it; Esc, or going elsewhere, closes it. */
export function Menu({ label, name, className = 'link', hidden = false, children }: Props): ReactNode {
  const id = useId();
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (open) panel.current?.querySelector<HTMLElement>('a, button, select')?.focus();
  }, [open]);
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!open) return;
    if (event.key === 'Escape') close();
    else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && !(event.target instanceof HTMLSelectElement)) {
      const stops = [...(panel.current?.querySelectorAll<HTMLElement>('a, button, select') ?? [])];
      const at = stops.indexOf(document.activeElement as HTMLElement) + (event.key === 'ArrowDown' ? 1 : -1);
      stops[Math.min(stops.length - 1, Math.max(0, at))]?.focus();
    } else return;
    event.preventDefault();
  };
  const onBlur = (event: FocusEvent): void => {
    if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys go through what is inside; each of it is reached by Tab as well.
    <div className={hidden ? 'menu out' : 'menu'} onKeyDown={onKeyDown} onBlur={onBlur}>
      <button
        type="button"
        ref={button}
        className={className}
        aria-expanded={open}
        aria-controls={id}
        {...(name === undefined ? {} : { 'aria-label': name, title: name })}
        onClick={() => setOpen(!open)}
      >
        {label}
      </button>
      <div id={id} ref={panel} className="menu-panel" tabIndex={-1} hidden={!open}>
        {open && children(close)}
      </div>
    </div>
  );
}
