import type { OpeningFacts, ReleaseFacts, Rule } from './facts';
import { askCap } from './rules/askCap';
import { askCert } from './rules/askCert';
import { batch } from './rules/batch';
import { blacklist } from './rules/blacklist';
import { designation } from './rules/designation';
import { identity } from './rules/identity';
import { oneRaise } from './rules/oneRaise';
import { payee } from './rules/payee';
import { preAudit } from './rules/preAudit';
import { publicity } from './rules/publicity';
import { route } from './rules/route';
import { secondAsk } from './rules/secondAsk';
import type { Finding, Verdict } from './terms';

/** The gates before opening, in the Convention's order. All are evaluated, all failures reported. */
const OPENING: readonly Rule<OpeningFacts>[] = [designation, identity, oneRaise, blacklist, payee, askCap, askCert, secondAsk, preAudit, publicity];
/** The gates at a request for money. */
const RELEASE: readonly Rule<ReleaseFacts>[] = [route, batch];

/** @returns one finding per gate that the campaign's edition has. */
export function openingFindings(facts: OpeningFacts): Finding[] {
  return OPENING.map((rule) => rule(facts)).filter((finding) => facts.edition.rules.has(finding.rule));
}

/** @returns one finding per gate that the campaign's edition has. */
export function releaseFindings(facts: ReleaseFacts): Finding[] {
  return RELEASE.map((rule) => rule(facts)).filter((finding) => facts.edition.rules.has(finding.rule));
}

/** @returns the worst verdict: one failure fails, one need waits. */
export function verdictOf(findings: readonly Finding[]): Verdict {
  if (findings.some((f) => f.verdict === 'fail')) return 'fail';
  return findings.some((f) => f.verdict === 'needs') ? 'needs' : 'pass';
}

/** @returns the ids of the rules that failed, sorted. */
export function failedRules(findings: readonly Finding[]): string[] {
  return findings
    .filter((f) => f.verdict === 'fail')
    .map((f) => f.rule)
    .sort();
}
