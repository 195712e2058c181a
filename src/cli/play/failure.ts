/** Exit codes of `almoner play`, shown in its help. */
export const exitCodes = { asExpected: 0, different: 1, invalidCase: 2, noRoute: 3, notPlayed: 4 } as const;

/** A play that could not be brought to its end. `exitCode` is 3 (the running system has no route for it) or 4 (anything else). */
export class PlayFailure extends Error {
  override readonly name = 'PlayFailure';

  constructor(
    readonly exitCode: 3 | 4,
    sentence: string,
  ) {
    super(sentence);
  }
}
