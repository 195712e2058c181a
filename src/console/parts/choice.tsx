import { type ReactNode, useId } from 'react';
import { useText } from '../text/catalogue';

interface Props<V extends string> {
  readonly label: string;
  readonly value: V | undefined;
  readonly choices: readonly (readonly [V, string])[];
  readonly choose: (value: V | undefined) => void;
  /** What stands for no choice; left out: 全部. */
  readonly none?: string;
}

/** One choice of a filter or a form: the browser's own, which every keyboard and reader knows. */
export function Choice<V extends string>({ label, value, choices, choose, none }: Props<V>): ReactNode {
  const t = useText();
  const id = useId();
  return (
    <span className="choice">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value ?? ''} onChange={(event) => choose((event.target.value || undefined) as V | undefined)}>
        <option value="">{none ?? t('shell.all')}</option>
        {choices.map(([word, name]) => (
          <option key={word} value={word}>
            {name}
          </option>
        ))}
      </select>
    </span>
  );
}
