/**
 * Every way that a workflow's story can take, by what its trace shows (trace.ts). A branch without a recorded history fails test/workflows/replay.test.ts:
 * who adds a way to a workflow adds a line here and records it (docs/versioning.md).
 */
export const BRANCHES: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  campaign: {
    'refused by the reviewer': /did refuseCampaign[^]*ended "refused"/,
    'reported on anew, as its evidence changed': /did reportByMachine[^]*heard evidence-changed[^]*did reportByMachine/,
    'an identity resolved by a person': /heard identity-resolved[^]*did openRaise/,
    'opened without publicity of a certificate': /did beginCertificatePublicity\(.*\) = null/,
    'opened after publicity of its certificate': /did beginCertificatePublicity\(.*\) = \d+[^]*asked certificateStanding = "over"[^]*did openRaise/,
    'an objection to its certificate is waited for': /asked certificateStanding = "objected"[^]*asked certificateStanding = "over"/,
    'forbidden to open, by what changed since its audit': /did openRaise\(.*\) = false[^]*ended "refused"/,
    'closed by its deadline': /did closeRaise\(.*"deadline"\)/,
    'closed by its target': /did closeRaise\(.*"target"\)/,
    'closed by its sponsor': /did closeRaise\(.*"sponsor"\)/,
    'closed without a gift': /did closeRaise[^]*did settleCampaign[^]*ended "settled"/,
    'extended in mid-raise': /heard raise-extended[^]*asked raiseStanding[^]*did closeRaise/,
    'an item of its publication withdrawn in mid-raise': /did openRaise[^]*heard evidence-changed[^]*did closeRaise/,
    'excess given back': /did returnExcess/,
    'books that are not settled at once': /did settleBooks\(.*\) = false[^]*did settleBooks\(.*\) = true/,
    'stopped in prior audit': /^heard submitted\n(?:(?!did openRaise)[^])*heard stopped[^]*ended/,
    'stopped while raising': /did openRaise[^]*heard stopped[^]*did closeRaise/,
    'stopped while releasing': /did settleBooks\(.*\) = true[^]*heard stopped/,
    refunded: /heard refund-finished[^]*ended "refunded"/,
    'a surplus given back after the last release': /heard surplus-declared[^]*heard refund-finished[^]*ended "settled"/,
    'one batch unlocks the next': /heard release-unlocked[^]*heard release-closed/,
    'a release cancelled, and asked for anew': /heard release-requested[^]*heard release-closed[^]*heard release-requested[^]*ended "settled"/,
    'on the wall clock': /waits on the wall[^]*ended/,
    'begun before money could go back (no patch)': /did startDueReleases/,
    repaired: /heard repaired/,
  },
  release: {
    'refused by the reviewer': /did refuseRelease[^]*ended "refused"/,
    'cancelled in review': /asked reviewOf = "cancelled"[^]*ended "cancelled"/,
    'publicised without an objection': /asked publicityStanding = "over"/,
    'an objection is waited for': /asked publicityStanding = "objected"[^]*asked publicityStanding = "over"/,
    'cancelled in publicity': /asked publicityStanding = "cancelled"[^]*ended "cancelled"/,
    'publicised before objections were heard (no patch)': /^(?:(?!publicityStanding)[^])*did beginApproval/,
    "the account's name checked by the bank": /did checkAccountName/,
    'cancelled in approval': /did preparePayout\(.*\) = "cancelled"[^]*ended "cancelled"/,
    'a hold lifted in approval': /did beginApproval[^]*heard hold-changed[^]*did preparePayout\(.*\) = "[0-9A-Z]{26}"/,
    'the payee changed in approval':
      /did beginApproval(?:(?!did beginCorrection)[^])*heard account-changed[^]*did checkAccountName[^]*did startTransfer/,
    paid: /asked settledState = "succeeded"/,
    'refused by the bank, corrected and paid': /asked settledState = "failed"[^]*did beginCorrection[^]*asked settledState = "succeeded"/,
    'signed for by a hospital': /asked receiptOf = "signed"[^]*did beginEvidence/,
    'to a person, who signs by the evidence of use': /asked receiptOf = null[^]*did beginEvidence/,
    'reminded of its receipt, escalated, held': /did remind\(.*"receipt-due"[^]*did remind\(.*"receipt-escalated"[^]*did holdForReceipt/,
    'denied by the hospital': /asked receiptOf = "denied"[^]*did holdForReceipt/,
    'used, and unlocks the next': /asked useIsEvidenced = true[^]*did unlockNext/,
    'bounced while its receipt was awaited': /did beginReceipt(?:(?!did beginEvidence)[^])*did recordReturn/,
    'bounced while its use was awaited': /did beginEvidence(?:(?!did beginWatch)[^])*did recordReturn/,
    'bounced while watched': /did beginWatch(?:(?!did beginCorrection)[^])*did recordReturn/,
    corrected: /did beginCorrection[^]*"corrected"[^]*did beginApproval/,
    'cancelled in correction': /did beginCorrection[^]*asked correctionStanding = "cancelled"[^]*ended "cancelled"/,
    'in correction before a release could be cancelled there (no patch)': /asked accountIsCorrected/,
    closed: /did askForLateReturn[^]*did closeRelease[^]*ended "closed"/,
    'on the wall clock': /waits on the wall[^]*ended/,
    repaired: /heard repaired/,
  },
  transfer: {
    'booked at once': /^heard started\ndid pursuePayout\(.*\) = "succeeded"\n(heard .*\n)*ended/,
    'asked for until it was certain': /did pursuePayout\(.*\) = "(unknown|submitted)"[^]*did pursuePayout\(.*\) = "succeeded"/,
    "woken by the bank's line": /did pursuePayout[^]*heard bank-line[^]*did pursuePayout\(.*\) = "succeeded"/,
    'refused by the bank': /did pursuePayout\(.*\) = "failed"/,
    'sent when its clearing opened': /did pursuePayout\(.*\) = "waiting"\nasked clearingOpensAt = \d+\n[^]*did pursuePayout\(.*\) = "succeeded"/,
    'held before it was sent': /did pursuePayout\(.*\) = "waiting"/,
    repaired: /heard repaired/,
  },
  payoutBatch: {
    'paid in a file, and everybody told':
      /^heard approved\ndid conductBatch\([^]*\) = \{"phase":"paying","after":0\}\ndid conductBatch\([^]*\) = \{"phase":"finished"[^]*ended/,
  },
  refund: {
    'given back and settled': /did sendReturns[^]*did finishRefund[^]*ended/,
    'asked for until every return came home': /did sendReturns\(.*\) = true[^]*did sendReturns\(.*\) = false/,
  },
  complaint: {
    'upheld or dismissed': /heard decided[^]*ended/,
    'overdue, and said so': /did noteOverdueComplaint/,
    'appealed, and decided again': /heard decided[^]*heard appealed[^]*heard decided[^]*ended/,
  },
  reconciliation: {
    'read on the next day': /^heard moved\n[^]*did reconcileDay\(.*\) = true\n[^]*ended/,
    repaired: /heard repaired/,
  },
  recall: {
    'waits for its payout, is asked for until the bank decided, and over when the money is booked':
      /heard confirmed\ndid pursueRecall\(.*\) = \{"againAtMs":\d+\}[^]*heard payout-booked[^]*did pursueRecall[^]*heard ended\ndid pursueRecall\(.*\) = "over"[^]*ended/,
  },
  supervision: {
    'reminded, marked and held': /did takeSupervisionSteps[^]*did takeSupervisionSteps[^]*did takeSupervisionSteps/,
    'updated in time': /heard updated/,
    'over with its campaign': /heard ended[^]*ended/,
  },
};

// Ways that no history can show are tested elsewhere: a bank or channel without an answer for a day (reconciliation.test.ts), going on as new because a history is long (story.test.ts, on a server that suggests it early), and
// sealed payloads and failures (sealed.test.ts: what is kept here is opened first).
