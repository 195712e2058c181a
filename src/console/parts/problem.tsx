import { type ReactNode, useEffect, useRef } from 'react';
import { problemOf } from '../client/problem';
import { useText } from '../text/catalogue';

/** A refusal in the reader's language, with the field and the rule that it is about. @param sent whether something may have been done before the connection was lost. */
export function ProblemNote({
  error,
  sent = false,
  retry,
}: {
  readonly error: unknown;
  readonly sent?: boolean;
  readonly retry?: () => void;
}): ReactNode {
  const t = useText();
  const here = useRef<HTMLDivElement>(null);
  useEffect(() => here.current?.focus(), [error]);
  if (!error) return null;
  const problem = problemOf(error);
  const rules = (problem?.rules ?? []).join('、');
  return (
    <div className="alert bad" role="alert" tabIndex={-1} ref={here} data-code={problem?.code ?? 'offline'}>
      <p>
        <strong>{problem?.title ?? t('problem.title')}</strong>
      </p>
      <p>{problem ? problem.detail : t(sent ? 'shell.unsure' : 'shell.offline')}</p>
      {problem?.errors && (
        <ul>
          {problem.errors.map((each) => (
            <li key={each.pointer}>
              <code>{each.pointer}</code> {each.message}
            </li>
          ))}
        </ul>
      )}
      {problem?.field && !problem.errors && (
        <p>
          {t('problem.field')} <code>{problem.field}</code>
        </p>
      )}
      {rules && (
        <p>
          {t('problem.rules')} <code>{rules}</code>
        </p>
      )}
      {retry && (
        <button type="button" className="link" onClick={retry}>
          {t('shell.retry')}
        </button>
      )}
    </div>
  );
}
