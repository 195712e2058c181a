import { z } from 'zod';
import { ROLES } from '../access/actors';
import { RECALL_REASONS, RECALL_STATES } from '../domain/recall';
import { MATCH_TARGETS } from '../records/matchTargets';
import { LINE_STATES } from '../records/payoutBatches/states';
import { FOUND_KINDS } from '../records/searching';
import { fenText } from './schemas';

/** What routes answer, where a client of the document works with every field of it. Descriptions of views: nothing is checked against them on the way out, tests do. */
const sentence = z.object({ zh: z.string(), en: z.string() });
const nullableText = z.string().nullable();

export const meAnswer = z
  .object({
    id: z.string(),
    role: z.enum(ROLES),
    name: z.string(),
    tenantId: nullableText,
    institutionId: nullableText,
    secondFactor: z.enum(['set', 'required', 'none']),
  })
  .openapi('Me');

const sum = z.object({ count: z.int(), grossFen: fenText, netFen: fenText });
const proposal = z.object({
  id: z.string(),
  round: z.int(),
  digest: z.string(),
  count: z.int(),
  grossFen: fenText,
  feeFen: fenText,
  netFen: fenText,
  madeAt: z.string(),
  expiresAt: z.string(),
  approvedAt: nullableText,
  checkersNeeded: z.int(),
  changedLines: z.int(),
  signatures: z.array(z.object({ checker: z.string(), decision: z.enum(['approve', 'reject']), at: z.string() })),
});
export const batchAnswer = z
  .looseObject({
    id: z.string(),
    state: z.enum(['draft', 'proposed', 'approved', 'rejected', 'cancelled']),
    stateSince: z.string(),
    declared: z.object({ count: z.int(), totalFen: fenText, controlSum: z.string() }),
    emergency: z.object({ reason: z.string(), promisedBy: z.string() }).nullable(),
    declaredAt: z.string(),
    makerId: z.string(),
    endReason: nullableText,
    lines: z.record(z.string(), sum),
    terminal: z.boolean(),
    reconciled: z.boolean(),
    proposal: proposal.nullable(),
  })
  .openapi('PayoutBatch');

const excluded = z.object({ code: z.string(), zh: z.string(), en: z.string(), rules: z.array(z.string()) });
const figures = { count: z.int(), totalFen: fenText, controlSum: z.string() };
export const previewAnswer = z
  .object({
    ...figures,
    capitals: z.string(),
    given: z.object(figures),
    leftOutCount: z.int(),
    leftOut: z.array(z.object({ lineId: z.string(), releaseId: z.string(), amountFen: fenText, excluded })),
    alike: z.array(z.object({ lineId: z.string(), title: z.string(), amountFen: fenText, payoutId: z.string(), madeAt: z.string() })),
  })
  .openapi('LinePreview');
export const payableAnswer = previewAnswer.extend({ waiting: z.int() }).openapi('PayablePreview');
export const batchLineAnswer = z
  .object({
    lineId: z.string(),
    releaseId: z.string(),
    amountFen: fenText,
    state: z.enum(LINE_STATES),
    excluded: excluded.nullable(),
    feeFen: fenText.nullable(),
    netFen: fenText.nullable(),
    payoutId: nullableText,
    failureCode: nullableText,
    reconciled: z.boolean(),
  })
  .openapi('BatchLine');
export const takenAnswer = z.looseObject({ included: z.int(), excluded: z.int(), batch: batchAnswer });

const checkedLine = z.object({
  lineId: z.string(),
  releaseId: z.string(),
  campaignId: z.string(),
  title: z.string(),
  grossFen: fenText,
  netFen: fenText,
  payeeKind: z.string(),
  why: z.array(z.enum(['far-above-median', 'account-changed', 'paid-before'])),
});
export const checkAnswer = z
  .object({
    totals: z.object({ count: z.int(), grossFen: fenText, feeFen: fenText, netFen: fenText, netCapitals: z.string() }).nullable(),
    agrees: z.boolean(),
    largest: z.array(checkedLine),
    unusual: z.array(checkedLine),
    changed: z.array(
      z.object({ lineId: z.string(), releaseId: z.string(), title: z.string(), grossFen: fenText, at: z.string(), reason: z.string() }),
    ),
    maker: z.string(),
    asked: z.array(z.string()),
  })
  .openapi('CheckAnswers');

/** What was put aside, and what was handed up, of anything that waits for a person. */
export const asideAnswer = {
  aside: z.object({ until: z.string(), words: z.string(), by: z.string() }).nullable(),
  escalation: z.object({ to: z.string(), words: z.string(), by: z.string(), at: z.string() }).nullable(),
};

export const exceptionAnswer = z
  .looseObject({
    id: z.string(),
    tenantId: z.string(),
    campaignId: nullableText,
    kind: z.string(),
    cause: sentence,
    guidance: sentence,
    subject: z.string(),
    owner: z.object({ role: z.string(), staffId: nullableText, name: nullableText }),
    ...asideAnswer,
    state: z.enum(['open', 'resolved']),
    arisenAt: z.string(),
    ageHours: z.int(),
    money: z.object({
      amountFen: fenText.nullable(),
      expectedFen: nullableText,
      channel: z.enum(['wechat', 'alipay']).nullable(),
      direction: z.enum(['in', 'out']).nullable(),
      account: z.enum(['owed-back', 'chargeback', 'suspense']).nullable(),
      onAccountFen: fenText,
      matchedFen: fenText,
      openFen: fenText,
    }),
    acts: z.array(z.string()),
    settlement: z.object({ staffId: z.string(), name: z.string(), reason: z.string(), askedAt: z.string() }).nullable(),
    resolvedAt: nullableText,
    resolvedBy: nullableText,
    resolution: nullableText,
    reason: nullableText,
    matches: z
      .array(
        z.object({
          id: z.string(),
          target: z.string(),
          amountFen: fenText,
          madeAt: z.string(),
          madeBy: z.string(),
          undoneAt: nullableText,
          undoReason: nullableText,
        }),
      )
      .optional(),
    /** The cards that were named for a return that is owed; of a number four digits. */
    cardRefunds: z
      .array(
        z.object({
          id: z.string(),
          bank: z.string(),
          card: z.string(),
          state: z.enum(['asked', 'confirmed', 'taken', 'refused', 'withdrawn']),
          askedBy: z.string(),
          askedAt: z.string(),
          confirmedBy: nullableText,
          confirmedAt: nullableText,
          refusal: nullableText,
        }),
      )
      .optional(),
  })
  .openapi('MoneyException');

/** Days, lines and proposals of the reconciliation. */
export const reconciliationDayAnswer = z
  .object({
    day: z.string(),
    lines: z.int(),
    creditedFen: fenText,
    debitedFen: fenText,
    unmatched: z.int(),
    unmatchedFen: fenText,
    closedAt: nullableText,
  })
  .openapi('ReconciliationDay');
const direction = z.enum(['in', 'out']).nullable();
export const linesToMatchAnswer = z
  .object({
    lines: z.array(
      z.object({
        source: z.enum(['bank', 'channel']),
        exceptionId: z.string(),
        kind: z.string(),
        reference: z.string(),
        direction,
        amountFen: fenText.nullable(),
        openFen: fenText,
        at: z.string(),
      }),
    ),
    count: z.int(),
    inFen: fenText,
    outFen: fenText,
  })
  .openapi('LinesToMatch');
export const proposalsAnswer = z
  .object({
    openFen: fenText,
    proposals: z.array(
      z.object({
        target: z.object({ kind: z.enum(MATCH_TARGETS), id: z.string() }),
        openFen: fenText,
        amountFen: fenText,
        whole: z.boolean(),
        named: z.boolean(),
        chosen: z.boolean(),
        title: nullableText,
        at: nullableText,
      }),
    ),
  })
  .openapi('MatchProposals');

/** What may be below nothing, such as an account that was overdrawn. */
const signedFen = z.string();
const identityEnd = z.object({
  raisedFen: signedFen,
  paidFen: signedFen,
  feesFen: signedFen,
  refundedFen: signedFen,
  heldFen: signedFen,
  reservedFen: signedFen,
  holds: z.boolean(),
});
const movementSum = { kind: z.string(), debit: z.string(), credit: z.string(), amountFen: fenText };
/** A statement: a campaign's has `fees`, a platform's has `bank` and `close`. */
export const statementAnswer = z
  .object({
    scope: z.enum(['campaign', 'platform']),
    id: z.string(),
    from: z.string(),
    to: z.string(),
    asOf: z.object({ at: z.string(), lastTransfer: z.string() }),
    accounts: z.array(z.object({ account: z.string(), openingFen: signedFen, inFen: signedFen, outFen: signedFen, closingFen: signedFen })),
    movements: z.array(z.object({ ...movementSum, movements: z.int() })),
    late: z.array(z.object({ ...movementSum, id: z.string(), subject: z.string(), businessAt: z.string(), day: z.string(), closedAt: z.string() })),
    identity: z.object({ opening: identityEnd, closing: identityEnd }),
    interestFen: signedFen.nullable(),
    days: z.array(z.object({ day: z.string(), inFen: fenText, outFen: fenText, closingFen: signedFen })),
    fees: z.object({ version: z.int(), serviceBp: z.int(), serviceCapFen: fenText, channelBp: z.int() }).optional(),
    bank: z.object({ lines: z.int(), creditedFen: fenText, debitedFen: fenText }).optional(),
    close: z
      .object({ closedAt: z.string(), lastTransfer: z.string(), movements: z.int(), closingFen: z.record(z.string(), z.string()) })
      .nullable()
      .optional(),
  })
  .openapi('Statement');

export const listedPayoutAnswer = z
  .object({
    id: z.string(),
    campaignId: z.string(),
    title: z.string(),
    releaseId: z.string(),
    payeeKind: z.string(),
    state: z.enum(['reserved', 'submitted', 'unknown', 'succeeded', 'failed', 'returned']),
    grossFen: fenText,
    feeFen: fenText,
    netFen: fenText,
    givenBackFen: fenText,
    reservedAt: z.string(),
    bookedAt: nullableText,
    bankReference: nullableText,
  })
  .openapi('ListedPayout');
export const confirmationAnswer = z
  .object({
    payoutId: z.string(),
    until: nullableText,
    confirmation: z.object({ mchId: z.string(), appId: z.string(), package: z.string() }).nullable(),
  })
  .openapi('Confirmation');
export const recallAnswer = z
  .object({
    id: z.string(),
    payoutId: z.string(),
    campaignId: z.string(),
    amountFen: fenText,
    reason: z.enum(RECALL_REASONS),
    words: z.string(),
    digest: z.string(),
    state: z.enum(RECALL_STATES),
    asker: z.string(),
    askerId: z.string(),
    askedAt: z.string(),
    confirmer: nullableText,
    confirmedAt: nullableText,
    sentAt: nullableText,
    acceptedAt: nullableText,
    bankCode: nullableText,
    endedAt: nullableText,
    endedBy: nullableText,
  })
  .openapi('Recall');
export const payoutTotalsAnswer = z.object({ count: z.int(), grossFen: fenText, feeFen: fenText, netFen: fenText });

export const listedCampaignAnswer = z
  .looseObject({ id: z.string(), tenantId: z.string(), title: z.string(), phase: z.string(), askFen: fenText, raisedFen: fenText })
  .openapi('ListedCampaign');

export const platformFiguresAnswer = z
  .object({
    id: z.string(),
    platform: z.string(),
    kind: z.string(),
    nameZh: z.string(),
    nameEn: z.string(),
    today: z.string(),
    campaigns: z.int(),
    openCampaigns: z.int(),
    raisedFen: fenText,
    pendingFen: fenText,
    paidFen: fenText,
    refundedFen: fenText,
    openComplaints: z.int(),
    overdueComplaints: z.int(),
    standingHolds: z.int(),
    openExceptions: z.int(),
  })
  .openapi('PlatformFigures');

export const overseenComplaintAnswer = z
  .object({
    id: z.string(),
    tenantId: z.string(),
    campaignId: z.string(),
    title: z.string(),
    subject: z.string(),
    state: z.string(),
    filedAt: z.string(),
    answerBy: z.string(),
    decidedAt: nullableText,
    appealed: z.boolean(),
    overdue: z.array(z.string()),
    holds: z.boolean(),
    reportedAt: nullableText,
  })
  .openapi('OverseenComplaint');

export const deletionAnswer = z
  .object({
    id: z.string(),
    personId: z.string(),
    reason: z.string(),
    state: z.enum(['asked', 'done', 'declined']),
    askedBy: z.string(),
    askedByName: z.string(),
    askedAt: z.string(),
    decidedByName: nullableText,
    decidedAt: nullableText,
    acts: z.array(z.literal('decide')),
  })
  .openapi('Deletion');

export const savedViewAnswer = z
  .object({
    id: z.string(),
    name: z.string(),
    address: z.string(),
    shared: z.enum(['none', 'role', 'platform']),
    mine: z.boolean(),
    by: z.string(),
  })
  .openapi('SavedView');

export const foundAnswer = z
  .object({
    kind: z.enum(FOUND_KINDS),
    id: z.string(),
    campaignId: nullableText,
    title: nullableText,
    state: z.string(),
    amountFen: fenText.nullable(),
    reference: nullableText,
    cause: sentence.nullable(),
  })
  .openapi('Found');

export const hospitalPayoutAnswer = z
  .looseObject({
    id: z.string(),
    releaseId: z.string(),
    campaignId: z.string(),
    title: z.string(),
    netFen: fenText,
    netCapitals: z.string(),
    bookedAt: z.string(),
    bankReference: nullableText,
    admissionNumber: z.string(),
    receipt: z.string(),
    receiptDueAt: nullableText,
  })
  .openapi('HospitalPayout');

const finding = z.object({ rule: z.string(), verdict: z.enum(['pass', 'fail', 'needs']), zh: z.string(), en: z.string() });
const releaseInCase = z.looseObject({
  id: z.string(),
  seq: z.int(),
  batch: z.int(),
  batches: z.int(),
  purpose: z.string(),
  grossFen: fenText,
  netFen: fenText.nullable(),
  urgent: z.boolean(),
  stage: z.string(),
  review: z.enum(['approve', 'refuse']).nullable(),
  stageSince: z.string(),
  evidenceAwaitingDecision: z.array(z.object({ id: z.string(), amountFen: fenText })),
});
/** A campaign as staff work on it; further fields are in the integration guide. */
export const caseAnswer = z
  .looseObject({
    id: z.string(),
    phase: z.string(),
    phaseSince: z.string(),
    edition: z.string(),
    title: z.string(),
    askFen: fenText,
    submittedAt: z.string(),
    evidenceVersion: z.int(),
    publicity: z.object({ complete: z.boolean(), missing: z.array(z.string()) }),
    report: z
      .object({
        id: z.string(),
        verdict: z.enum(['pass', 'fail', 'needs']),
        findings: z.array(finding),
        signals: z.array(z.object({ signal: z.string(), zh: z.string(), en: z.string() })),
        reportedAt: z.string(),
        current: z.boolean(),
      })
      .nullable(),
    decision: z
      .object({
        decision: z.enum(['approve', 'refuse']),
        rules: z.array(z.string()),
        reason: z.string(),
        override: z.boolean(),
        by: z.string(),
        at: z.string(),
      })
      .nullable(),
    claims: z.array(z.looseObject({ claim: z.string(), state: z.string(), source: z.string(), by: nullableText, at: z.string() })),
    evidenceRequests: z.array(
      z.looseObject({ id: z.string(), documents: z.array(z.string()), claims: z.array(z.string()), dueAt: z.string(), status: z.string() }),
    ),
    identity: z.object({
      patient: z.object({ verdict: z.string(), resolution: nullableText }),
      sponsor: z.object({ verdict: z.string(), resolution: nullableText }),
    }),
    releases: z.array(releaseInCase),
  })
  .openapi('Case');
