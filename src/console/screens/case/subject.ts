import type { components } from '../../../../dist/openapi/schema';

export type Case = components['schemas']['Case'];
export type Kind = 'prior-audit' | 'release-review' | 'use-evidence';

/** What of a case is to be decided, as its address says it, and where it stands. */
export interface Subject {
  readonly kind: Kind;
  readonly id: string;
  readonly standing: 'open' | 'asked' | 'sent' | 'taken';
  /** Where it is now, in the words of the API: a phase or a stage. */
  readonly at: string;
}

/** @returns the subject of a case page. Where it stands is read from what the house says, so that it survives a reload. */
export function subjectOf(of: Case, kind: Kind, id: string): Subject {
  if (kind === 'prior-audit') {
    const at = of.phase;
    if (of.phase !== 'prior-audit') return { kind, id, standing: 'taken', at };
    if (of.decision) return { kind, id, standing: 'sent', at };
    return { kind, id, standing: of.evidenceRequests.some((each) => each.status === 'open') ? 'asked' : 'open', at };
  }
  if (kind === 'release-review') {
    const release = of.releases.find((each) => each.id === id);
    const at = release?.stage ?? 'closed';
    return { kind, id, at, standing: at !== 'review' ? 'taken' : release?.review ? 'sent' : 'open' };
  }
  const release = of.releases.find((each) => each.evidenceAwaitingDecision.some((evidence) => evidence.id === id));
  return { kind, id, at: release?.stage ?? 'evidence', standing: release ? 'open' : 'taken' };
}
