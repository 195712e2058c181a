import type { Dice } from './dice';
import type { ActorName, Answer, Raise, Request, World } from './world';

/** What somebody is about to do: the request, who may make it, and what the walk remembers once it was answered “done”. */
export type Deed = {
  readonly by: readonly ActorName[];
  readonly request: Request;
  /** What the world outside must know before. */
  readonly prepare?: () => Promise<void>;
  /** Why this must be refused whoever asks; null where the walk knows no reason. */
  readonly mustBeRefused?: string | null;
  readonly learn?: (answer: Answer, actor: ActorName) => void;
  /** Whether a refusal is an answer that is kept (a release request refused by a rule). */
  readonly refusalIsKept?: boolean;
};

/** @returns the deed for this raise as it looks now; null where there is nothing to do it to. */
export type DeedOf = (world: World, raise: Raise, dice: Dice) => Deed | null;

export const post = (path: string, body: unknown = {}): Request => ({ method: 'POST', path, body });
export const put = (path: string, body: unknown): Request => ({ method: 'PUT', path, body });
