import type { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { EDITIONS, editionOf } from '../domain/convention/editions';
import { openingFindings, releaseFindings, verdictOf } from '../domain/convention/gates';
import { disburseReview } from '../domain/convention/rules/disburseReview';
import { fees } from '../domain/convention/rules/fees';
import { receipt } from '../domain/convention/rules/receipt';
import {
  DOCUMENT_KINDS,
  type Finding,
  IDENTITY_VERDICTS,
  PARTIES,
  PAYEE_KINDS,
  PUBLICITY_ITEMS,
  RELATIONS,
  RELEASE_MODES,
} from '../domain/convention/terms';
import { EXIT, EXIT_HELP, printJson } from './support/output';

const fen = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,14})$/, 'a decimal string of integer fen')
  .transform(BigInt);
const party = { verdict: z.enum(IDENTITY_VERDICTS), resolution: z.enum(['confirmed', 'not-confirmed']).nullable().default(null) };
const opening = z.strictObject({
  askFen: fen,
  documents: z.array(z.enum(DOCUMENT_KINDS)),
  published: z.array(z.enum(PUBLICITY_ITEMS)),
  patient: z.strictObject({ ...party, minor: z.boolean(), incapable: z.boolean().default(false) }),
  sponsor: z.strictObject({ ...party, relation: z.enum(RELATIONS) }),
  payeeKind: z.enum(PAYEE_KINDS),
  hospital: z.strictObject({ registered: z.boolean(), qualified: z.boolean(), whitelisted: z.boolean() }),
  listed: z.array(z.enum(PARTIES)).default([]),
  platform: z.strictObject({ id: z.string(), designated: z.boolean() }).default({ id: 'water-drop', designated: true }),
  earlierRaises: z
    .array(
      z.strictObject({
        platform: z.string(),
        status: z.enum(['settled', 'running', 'refunded']),
        sameIllness: z.boolean().default(true),
        askFen: fen,
      }),
    )
    .default([]),
  expensesReconciled: z.boolean().default(false),
});
const release = z.strictObject({
  mode: z.enum(RELEASE_MODES),
  payeeKind: z.enum(PAYEE_KINDS),
  raisedFen: fen,
  published: z.array(z.enum(PUBLICITY_ITEMS)),
  documents: z.array(z.enum(DOCUMENT_KINDS)),
  restrictedBefore: z.boolean().default(false),
  raiseOpen: z.boolean().default(false),
  requestedFen: fen,
  singleReleasedFen: fen.default(0n),
  batchesBp: z.array(z.int().min(1).max(10_000)).default([]),
  hospitalContactRecorded: z.boolean().default(false),
  planSignedByBoth: z.boolean().default(false),
});
const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
const disbursement = z.strictObject({
  reviewedBy: z.string().nullable(),
  makerId: z.string(),
  signatures: z.array(z.strictObject({ checkerId: z.string(), decision: z.enum(['approve', 'reject']), digest: z.string() })),
  signedDigest: z.string(),
  currentDigest: z.string(),
  voided: z.boolean().default(false),
  expiresAt: time,
  now: time,
});
const receiptOf = z.strictObject({ payeeKind: z.enum(PAYEE_KINDS), receipt: z.enum(['awaited', 'signed', 'denied']), now: time, heldFrom: time });
const feesOf = z.strictObject({
  schedule: z.strictObject({ serviceBp: z.int().min(0).max(9999), serviceCapFen: fen, channelBp: z.int().min(0).max(9999) }),
  shownVersion: z.int(),
  chargedVersion: z.int(),
  grossFen: fen,
  serviceChargedFen: fen.default(0n),
  chargedBefore: z.boolean().default(false),
  feeFen: fen,
});
const facts = z
  .strictObject({
    opening: opening.optional(),
    release: release.optional(),
    disbursement: disbursement.optional(),
    receipt: receiptOf.optional(),
    fees: feesOf.optional(),
  })
  .refine(
    (f) => Object.values(f).some((section) => section !== undefined),
    'facts are needed for at least one of opening, release, disbursement, receipt, fees',
  );

interface Options {
  readonly edition: string;
  readonly facts: string;
  readonly json?: boolean;
}

function evaluate(options: Options): void {
  const read = readFacts(options);
  if ('faults' in read) {
    for (const fault of read.faults) process.stderr.write(`✗ ${fault}\n`);
    process.exitCode = EXIT.usage;
    return;
  }
  const edition = editionOf(options.edition);
  const findings: Finding[] = [
    ...(read.opening
      ? openingFindings({ ...read.opening, edition, documents: new Set(read.opening.documents), published: new Set(read.opening.published) })
      : []),
    ...(read.release
      ? releaseFindings({ ...read.release, edition, documents: new Set(read.release.documents), published: new Set(read.release.published) })
      : []),
    ...(read.disbursement
      ? [disburseReview({ ...read.disbursement, edition, expiresAtMs: read.disbursement.expiresAt, nowMs: read.disbursement.now })]
      : []),
    ...(read.receipt ? [receipt({ ...read.receipt, edition, nowMs: read.receipt.now, heldFromMs: read.receipt.heldFrom })] : []),
    ...(read.fees ? [fees(read.fees)] : []),
  ];
  const verdict = verdictOf(findings);
  if (options.json) printJson({ edition: edition.id, verdict, findings });
  else {
    const marks = { pass: '✓', fail: '✗', needs: '?' } as const;
    for (const f of findings) process.stdout.write(`${marks[f.verdict]} ${f.rule.padEnd(12)} ${f.zh}\n  ${' '.repeat(12)} ${f.en}\n`);
    process.stdout.write(`${verdict}\n`);
  }
  process.exitCode = verdict === 'pass' ? EXIT.done : EXIT.refused;
}

function readFacts({ edition, facts: file }: Options): z.infer<typeof facts> | { faults: string[] } {
  if (!EDITIONS.some((e) => e.id === edition))
    return { faults: [`--edition: there is no ${edition}; there are ${EDITIONS.map((e) => e.id).join(', ')}`] };
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    return { faults: [`${file}: ${(error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : 'not JSON'}`] };
  }
  const checked = facts.safeParse(content);
  return checked.success ? checked.data : { faults: checked.error.issues.map((issue) => `/${issue.path.join('/')}: ${issue.message}`) };
}

/** `almoner rules evaluate`. */
export function register(program: Command): void {
  program
    .command('rules')
    .description("the Convention's rules, without a running system")
    .command('evaluate')
    .description('evaluate the gates of an edition on facts from a file')
    .requiredOption('--edition <id>', EDITIONS.map((e) => e.id).join(', '))
    .requiredOption(
      '--facts <file>',
      'JSON: {"opening": {…}, "release": {…}, "disbursement": {…}, "receipt": {…}, "fees": {…}}; docs/rules.md shows every field',
    )
    .option('--json', 'findings as one JSON object')
    .addHelpText(
      'after',
      `${EXIT_HELP}\n\nExit code 0: every gate passes; 1: one fails or needs a person; 2: the facts are not valid, each fault with its JSON pointer.`,
    )
    .action(evaluate);
}
