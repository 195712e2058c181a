import { Input } from 'antd';
import { type ReactNode, useId } from 'react';
import { useText } from '../text/catalogue';
import { useMe } from './me';

/** What a person shows once more that it is them: the code of their authenticator where they have one, else their password. */
type Proof = { readonly code: string } | { readonly password: string };

/** @returns what was typed, as the house wants it of this person. */
export function useProofOf(): (typed: string) => Proof {
  const byCode = useMe()!.secondFactor === 'set';
  return (typed) => (byCode ? { code: typed } : { password: typed });
}

/** Asks for the proof. @param first whether a dialog begins here. */
export function ProofField({
  typed,
  change,
  first,
}: {
  readonly typed: string;
  readonly change: (typed: string) => void;
  readonly first: boolean;
}): ReactNode {
  const t = useText();
  const id = useId();
  const byCode = useMe()!.secondFactor === 'set';
  return (
    <>
      <label htmlFor={id}>{t(byCode ? 'stepUp.code' : 'stepUp.password')}</label>
      <Input
        id={id}
        {...(first ? { 'data-first': true } : {})}
        value={typed}
        required
        onChange={(event) => change(event.target.value)}
        {...(byCode
          ? { inputMode: 'numeric' as const, pattern: '[0-9]{6}', maxLength: 6, autoComplete: 'one-time-code' }
          : { type: 'password', autoComplete: 'current-password' })}
      />
    </>
  );
}
