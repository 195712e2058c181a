import { type ReactNode, useEffect, useId, useState } from 'react';
import { useText } from '../text/catalogue';

/** @returns whether a text is a civil day as addresses carry it, and one that there is. */
const isDay = (text: string): boolean => /^2[01]\d{2}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) === true;

interface Props {
  readonly label: string;
  readonly value: string | undefined;
  readonly choose: (day: string | undefined) => void;
}

/** A day, written year first: a browser's own field shows it in the order of the browser's country, and 03/04 is two days. What is being written is no day yet, and is kept here until it is one. */
export function DayField({ label, value, choose }: Props): ReactNode {
  const t = useText();
  const id = useId();
  const [text, setText] = useState(value ?? '');
  useEffect(() => setText(value ?? ''), [value]);
  return (
    <span className="choice">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="day"
        inputMode="numeric"
        autoComplete="off"
        maxLength={10}
        placeholder={t('shell.day')}
        aria-invalid={text !== '' && !isDay(text)}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          if (isDay(event.target.value)) choose(event.target.value);
        }}
        onBlur={() => {
          if (text === '' && value !== undefined) choose(undefined);
        }}
      />
    </span>
  );
}
