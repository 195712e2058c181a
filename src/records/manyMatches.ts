import type { Transaction } from '../database/connect';
import { invalidFields } from '../domain/errors';
import { matchLine } from './bankMatches';
import { exceptionRow } from './exceptionStanding';
import { type MatchTarget, targetOf } from './matchTargets';

/** What of a line is matched with what. */
export interface WantedMatch {
  readonly target: MatchTarget;
  readonly id: string;
  readonly amountFen: bigint;
}

/**
 * Matches a bank line with several things at once: all of them or none. Each is a match of its own and is undone alone.
 * @returns the matches' ids. @throws {DomainError} request.invalid where one thing is named twice; what `matchLine` throws.
 */
export async function matchWithMany(
  tx: Transaction,
  exceptionId: string,
  wanted: readonly WantedMatch[],
  acting: { readonly by: string; readonly at: Date },
): Promise<string[]> {
  const inOrder = wanted.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  inOrder.forEach((each, i) => {
    if (each.id === inOrder[i - 1]?.id && each.target === inOrder[i - 1]?.target)
      throw invalidFields([{ pointer: '/matches', message: { zh: '同一对象只能列出一次', en: 'names one thing twice' } }]);
  });
  const { tenant_id: tenantId } = await exceptionRow(tx, exceptionId);
  // What is matched is locked before the line, as everywhere, and all of it in one order: two lines with the same payouts queue.
  for (const { target, id } of inOrder) await targetOf(tx, tenantId, target, id);
  const made: string[] = [];
  for (const each of inOrder) made.push(await matchLine(tx, exceptionId, each, acting));
  return made;
}
