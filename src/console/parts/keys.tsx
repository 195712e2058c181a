import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from 'react';
import { type TextKey, useText } from '../text/catalogue';
import { Modal } from './modal';
import { prefer, usePreferences } from './preferences';

/** One key of a screen: what is pressed, what it is called, what it does. */
export interface Key {
  readonly key: string;
  readonly text: TextKey;
  readonly run: () => void;
}

interface Keyboard {
  readonly add: (keys: readonly Key[]) => () => void;
  readonly showSheet: () => void;
}

const KeyboardContext = createContext<Keyboard>({ add: () => () => undefined, showSheet: () => undefined });

/** Where a key is text and no command. */
const takesText = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName));

/** Hears single keys for all screens, and shows the sheet of those that work now. A dialog that is open has the keyboard for itself. */
export function KeysProvider({ children }: { readonly children: ReactNode }) {
  const sets = useRef<(readonly Key[])[]>([]);
  const [sheet, setSheet] = useState<readonly Key[] | null>(null);
  const { keysOn } = usePreferences();
  const keyboard = useRef<Keyboard>({
    add: (keys) => {
      sets.current = [...sets.current, keys];
      return () => {
        sets.current = sets.current.filter((each) => each !== keys);
      };
    },
    showSheet: () => setSheet(sets.current.flat()),
  });
  useEffect(() => {
    const hear = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || takesText(event.target) || document.querySelector('dialog[open]')) return;
      if (event.key === '?') {
        keyboard.current.showSheet();
        return;
      }
      const found = keysOn ? sets.current.flat().findLast((each) => each.key === event.key) : undefined;
      if (!found) return;
      event.preventDefault();
      found.run();
    };
    window.addEventListener('keydown', hear);
    return () => window.removeEventListener('keydown', hear);
  }, [keysOn]);
  return (
    <KeyboardContext.Provider value={keyboard.current}>
      {children}
      <KeySheet keys={sheet} close={() => setSheet(null)} />
    </KeyboardContext.Provider>
  );
}

/** Puts keys at work while a screen shows. */
export function useKeys(keys: readonly Key[]): void {
  const { add } = useContext(KeyboardContext);
  const latest = useRef(keys);
  latest.current = keys;
  const names = keys.map((each) => `${each.key}/${each.text}`).join(' ');
  useEffect(() => add(latest.current.map((each, i) => ({ key: each.key, text: each.text, run: () => latest.current[i]?.run() }))), [add, names]);
}

/** Opens the sheet from a button. */
export function useKeySheet(): () => void {
  return useContext(KeyboardContext).showSheet;
}

const ALWAYS: readonly (readonly [string, TextKey])[] = [
  ['?', 'keys.show'],
  ['Ctrl+K', 'keys.find'],
  ['Ctrl+Enter', 'keys.send'],
  ['Esc', 'keys.close'],
];

function KeySheet({ keys, close }: { readonly keys: readonly Key[] | null; readonly close: () => void }) {
  const t = useText();
  const { keysOn } = usePreferences();
  if (keys === null) return null;
  return (
    <Modal title={t('keys.title')} close={close}>
      <dl className="keys">
        {[...keys.map((each) => [each.key === 'Enter' ? '⏎' : each.key, each.text] as const), ...ALWAYS].map(([key, text]) => (
          <div key={`${key}${text}`}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{t(text)}</dd>
          </div>
        ))}
      </dl>
      <label className="check">
        <input type="checkbox" data-first checked={keysOn} onChange={(event) => prefer({ keysOn: event.target.checked })} /> {t('keys.on')}
      </label>
    </Modal>
  );
}
