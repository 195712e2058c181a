import type { Raise } from './world';

/**
 * What the people of a raise would properly do next, by name of the deed: so that a walk at random comes as far as money.
 * @returns deeds, most urgent first; the last is always that time passes.
 */
export function properDeeds({ memory, look: { campaign } }: Raise): string[] {
  const deeds: string[] = [];
  const states = [...memory.complaints.values()].map(({ state }) => state);
  if (states.includes('filed')) deeds.push('ruleComplaint');
  if (states.includes('admissible')) deeds.push('decideComplaint');
  if ([...memory.deaths.values()].includes('reported')) deeds.push('decideDeath');
  if ([...memory.refundRequests.values()].includes('asked')) deeds.push('decideRefund');
  if (campaign.phase === 'prior-audit') deeds.push(...inPriorAudit(campaign, memory.documents.size < 7));
  if (campaign.phase === 'fundraising') deeds.push(...whileRaising(memory.gifts, BigInt(campaign.money.raisedFen) * 3n >= BigInt(campaign.askFen)));
  const account = campaign.payeeAccount;
  if (account?.status === 'refused' || (account && account.nameCheck === 'no-record')) deeds.push('fileAccount');
  if (account?.status === 'filed' && account.nameCheck === 'match') deeds.push('acceptAccount');
  if (campaign.phase === 'release' && BigInt(campaign.money.pendingFen) > 0n && !campaign.releases.some((r) => r.stage !== 'closed')) {
    if (memory.restricted && memory.payeeKind !== 'institution') deeds.push(...beforeBatches(memory));
    deeds.push('requestRelease');
  }
  for (const release of campaign.releases) {
    if (release.stage === 'review') deeds.push('reviewRelease');
    if (release.stage === 'approval' && account?.status === 'accepted') deeds.push(release.approval ? 'sign' : 'propose');
    if (release.stage === 'correction') deeds.push('fileAccount');
    if (release.stage === 'receipt') deeds.push('receipt');
    if (release.stage === 'evidence') deeds.push(release.evidenceAwaitingDecision.length > 0 ? 'decideUse' : 'fileUse');
  }
  return [...deeds, 'passTime'];
}

function inPriorAudit({ report, evidenceRequests }: Raise['look']['campaign'], lacksDocuments: boolean): string[] {
  if (evidenceRequests.some(({ status }) => status === 'open')) return ['withdrawEvidenceRequest'];
  if (report?.verdict === 'needs') return ['resolveIdentity'];
  if (report?.verdict !== 'fail') return ['decideAudit'];
  // Most raises that lack something get it; some are refused by a roll elsewhere.
  const failed = report.findings.filter(({ verdict }) => verdict === 'fail').map(({ rule }) => rule);
  if (failed.includes('PUBLICITY')) return ['publishItem', 'decideAudit'];
  if (lacksDocuments && failed.some((rule) => ['IDENTITY', 'PRE-AUDIT', 'ASK-CERT', 'PAYEE', 'SECOND-ASK'].includes(rule)))
    return ['addDocument', 'decideAudit'];
  return ['decideAudit'];
}

function whileRaising(gifts: ReadonlyMap<string, { paid: boolean }>, isEnough: boolean): string[] {
  if ([...gifts.values()].some(({ paid }) => !paid)) return ['payGifts'];
  return isEnough ? ['close'] : ['orderGifts'];
}

function beforeBatches(memory: Raise['memory']): string[] {
  if (!memory.newest('medical-plan') || !memory.newest('expense-list')) return ['addDocument'];
  if (!memory.hospitalContacted) return ['contactHospital'];
  const signed = [...memory.planSigned].filter((key) => key.endsWith(`/${memory.newest('medical-plan')}/${memory.newest('expense-list')}`));
  return signed.length < 2 ? ['signPlan'] : [];
}
