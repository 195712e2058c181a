import { newDocument } from '../../../src/cli/play/documents';
import { type DeedOf, post } from './deed';
import { EVERY_ITEM } from './memory';

const KINDS = ['relation-proof', 'id-cards', 'diagnosis', 'admission-record', 'certificate', 'medical-plan', 'expense-list'];
const REASON = 'Looked at with care, and found so.';

/** What happens around the prior audit: evidence, identity, claims, requests for more, the decision. */
export const AUDIT_DEEDS: Readonly<Record<string, DeedOf>> = {
  addDocument: (_world, { id, memory }, dice) => {
    const missing = KINDS.filter((kind) => !memory.documents.has(kind));
    const kind = dice.pick([...missing, ...KINDS]);
    const document = newDocument();
    return {
      by: ['platform'],
      request: post(`/v1/campaigns/${id}/documents`, { documents: [{ kind, ...document }] }),
      learn: () => {
        memory.documents.set(kind, [...(memory.documents.get(kind) ?? []), document.sha256]);
        memory.changes += 1;
      },
    };
  },
  publishItem: (_world, { id, memory }, dice) => {
    const missing = EVERY_ITEM.filter((item) => !memory.published.has(item));
    const item = dice.pick([...missing, ...EVERY_ITEM]);
    return {
      by: ['platform'],
      request: post(`/v1/campaigns/${id}/publications`, { publications: [{ item, text: 'As it is.' }] }),
      learn: () => {
        memory.published.add(item);
        memory.changes += 1;
      },
    };
  },
  resolveIdentity: (_world, { id, memory, look }, dice) => {
    const unknown = (['patient', 'sponsor'] as const).filter((party) => look.campaign.identity?.[party]?.verdict === 'no-record');
    const party = dice.pick([...unknown, 'patient', 'sponsor'] as const);
    const resolution = dice.pick(['confirmed', 'not-confirmed']);
    const answer = memory.theCase[party].real_name;
    return {
      by: ['reviewer'],
      request: post(`/v1/campaigns/${id}/identity-resolutions`, { party, resolution, reason: REASON }),
      mustBeRefused: answer === 'mismatch' && memory.theCase.sponsor.relation !== 'self' ? 'IDENTITY: a mismatch stands' : null,
      learn: () => {
        memory.resolved.set(party, resolution);
        memory.changes += 1;
      },
    };
  },
  decideAudit: (_world, { id, memory, look }, dice) => {
    const right = look.campaign.report?.verdict === 'pass' ? 'approve' : 'refuse';
    const decision = dice.pick([right, right, right, 'approve', 'refuse']);
    const open = look.campaign.evidenceRequests.some(({ status }) => status === 'open');
    return {
      by: ['reviewer'],
      request: post(`/v1/campaigns/${id}/decision`, { decision, reason: REASON, ...(decision === 'refuse' ? { rules: ['CONTROL-LOOP'] } : {}) }),
      mustBeRefused: decision === 'approve' && open ? 'DOUBLE-AUDIT: more evidence was asked for' : null,
      learn: () => {
        if (decision === 'approve') memory.approvedAtMs = Date.parse(look.campaign.now);
      },
    };
  },
  judgeClaim: (_world, { id }, dice) => ({
    by: ['reviewer'],
    request: post(`/v1/campaigns/${id}/claims/${dice.pick(['cost-expected', 'diagnosis', 'insurance'])}`, {
      state: dice.pick(['verified', 'contradicted', 'evidenced']),
      how: 'phone-call',
      note: REASON,
      reason: REASON,
    }),
  }),
  askEvidence: (_world, { id }, dice) => ({
    by: ['reviewer'],
    request: post(`/v1/campaigns/${id}/evidence-requests`, {
      documents: [dice.pick(KINDS)],
      language: 'en',
      message: 'Please send a newer one.',
      dueInDays: dice.pick([3, 1]),
    }),
  }),
  withdrawEvidenceRequest: (_world, { look }, dice) => {
    const open = look.campaign.evidenceRequests.filter(({ status }) => status === 'open');
    return open.length === 0 ? null : { by: ['reviewer'], request: post(`/v1/evidence-requests/${dice.pick(open).id}/withdrawal`) };
  },
  blacklist: (_world, { id, memory }, dice) => ({
    by: ['reviewer'],
    request: post('/v1/blacklist', {
      campaignId: id,
      party: dice.pick(['sponsor', 'patient']),
      ground: 'hidden-assets',
      reason: REASON,
      evidence: 'The land registry.',
    }),
    learn: () => {
      memory.listed = true;
    },
  }),
};
