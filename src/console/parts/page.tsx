import { type ReactNode, useEffect } from 'react';
import { useText } from '../text/catalogue';
import { ProblemNote } from './problem';

/** What every screen begins with: its name, also in the window's title. */
export function PageTitle({ title, children }: { readonly title: string; readonly children?: ReactNode }): ReactNode {
  useEffect(() => {
    document.title = `${title} · Almoner`;
  }, [title]);
  return (
    <div className="page-title">
      <h1>{title}</h1>
      {children}
    </div>
  );
}

/** Until what a screen shows is there: that it is being read, or why it is not. */
export function Waiting({ error, retry }: { readonly error: unknown; readonly retry: () => void }): ReactNode {
  const t = useText();
  return error ? (
    <ProblemNote error={error} retry={retry} />
  ) : (
    <p role="status" data-reading>
      {t('shell.loading')}
    </p>
  );
}

/** A word with its sign: never colour alone. */
export function Badge({ tone, children }: { readonly tone: 'good' | 'bad' | 'warn' | 'plain'; readonly children: ReactNode }): ReactNode {
  const sign = { good: '✓', bad: '✕', warn: '!', plain: '' }[tone];
  return (
    <span className={`badge ${tone}`}>
      {sign && <span aria-hidden="true">{sign} </span>}
      {children}
    </span>
  );
}
