import { useSyncExternalStore } from 'react';

/** The languages of the house; Chinese first. */
export type Language = 'zh' | 'en';
export type Theme = 'system' | 'light' | 'dark';

interface Preferences {
  readonly language: Language;
  readonly theme: Theme;
  readonly keysOn: boolean;
  /** The roles whose tour was taken or turned down here. */
  readonly toured: readonly string[];
  /** What `theme` comes to now. */
  readonly dark: boolean;
}

const STORED = 'almoner.console';
const system = matchMedia('(prefers-color-scheme: dark)');

function stored(): Partial<Preferences> {
  try {
    return JSON.parse(localStorage.getItem(STORED) ?? '{}') as Partial<Preferences>;
  } catch {
    // A browser that keeps nothing, or something of another hand: begin anew.
    return {};
  }
}

function read(): Preferences {
  const kept = stored();
  const theme = kept.theme ?? 'system';
  return {
    language: kept.language ?? (navigator.language.startsWith('en') ? 'en' : 'zh'),
    theme,
    keysOn: kept.keysOn ?? true,
    toured: kept.toured ?? [],
    dark: theme === 'dark' || (theme === 'system' && system.matches),
  };
}

let now = read();
const listeners = new Set<() => void>();

function settle(): void {
  now = read();
  document.documentElement.lang = now.language === 'zh' ? 'zh-CN' : 'en';
  document.documentElement.dataset.theme = now.dark ? 'dark' : 'light';
  for (const heard of listeners) heard();
}

system.addEventListener('change', settle);
settle();

/** Keeps a person's choice in this browser. */
export function prefer(change: Partial<Pick<Preferences, 'language' | 'theme' | 'keysOn' | 'toured'>>): void {
  localStorage.setItem(STORED, JSON.stringify({ ...stored(), ...change }));
  settle();
}

/** @returns the language that is spoken now. */
export function currentLanguage(): Language {
  return now.language;
}

/** Language, theme and keys as this person wants them. */
export function usePreferences(): Preferences {
  return useSyncExternalStore(
    (heard) => {
      listeners.add(heard);
      return () => listeners.delete(heard);
    },
    () => now,
  );
}
