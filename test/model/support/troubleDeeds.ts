import { type DeedOf, post } from './deed';

const REASON = 'Looked into, and found so.';
const REPLY = 'The platform looked into it; this is its answer.';

/** Complaints, deaths, and what they end in. */
export const TROUBLE_DEEDS: Readonly<Record<string, DeedOf>> = {
  complain: (_world, { id, memory }) => ({
    by: ['platform', 'operator'],
    request: post(`/v1/campaigns/${id}/complaints`, { subject: 'plea', text: 'The family is said to own shopfronts.' }),
    learn: ({ body }) => memory.complaints.set(String(body.id), { receiptNumber: String(body.receiptNumber), state: 'filed' }),
  }),
  ruleComplaint: (_world, { memory }, dice) => {
    const all = [...memory.complaints];
    if (all.length === 0) return null;
    const [complaintId, complaint] = dice.pick([...all.filter(([, { state }]) => state === 'filed'), ...all]);
    const admissible = dice.pick([true, true, false]);
    return {
      by: ['operator', 'reviewer'],
      request: post(
        `/v1/complaints/${complaintId}/admissibility`,
        admissible ? { admissible, reason: REASON } : { admissible, reason: REASON, reply: REPLY },
      ),
      learn: () => {
        complaint.state = admissible ? 'admissible' : 'inadmissible';
      },
    };
  },
  acknowledge: (_world, { memory }, dice) => {
    const all = [...memory.complaints.keys()];
    return all.length === 0 ? null : { by: ['operator', 'reviewer'], request: post(`/v1/complaints/${dice.pick(all)}/acknowledgement`) };
  },
  decideComplaint: (_world, { memory }, dice) => {
    const all = [...memory.complaints];
    if (all.length === 0) return null;
    const [complaintId, complaint] = dice.pick([...all.filter(([, { state }]) => state === 'admissible'), ...all]);
    const verdict = dice.pick(['dismissed', 'dismissed', 'upheld'] as const);
    const said = { reason: REASON, reply: REPLY };
    return {
      by: ['operator', 'reviewer'],
      request: post(
        `/v1/complaints/${complaintId}/decision`,
        verdict === 'upheld' ? { verdict, ground: 'hidden-assets', ...said } : { verdict, ...said },
      ),
      mustBeRefused: complaint.state === 'admissible' ? null : `COMPLAINT: it is ${complaint.state}`,
      learn: () => {
        complaint.state = verdict;
        if (verdict === 'upheld') memory.listed = true;
      },
    };
  },
  appeal: (_world, { memory }, dice) => {
    const decided = [...memory.complaints.values()].filter(({ state }) => ['upheld', 'dismissed', 'inadmissible'].includes(state));
    if (decided.length === 0) return null;
    return { by: ['public', 'platform'], request: post(`/v1/public/complaints/${dice.pick(decided).receiptNumber}/appeal`, { text: 'Look again.' }) };
  },
  reportDeath: (_world, { id, memory, look }, dice) => {
    const today = new Date(Date.parse(look.campaign.now) + dice.pick([8, 8, 80]) * 3_600_000).toISOString().slice(0, 10);
    return {
      by: ['platform', 'operator'],
      request: post(`/v1/campaigns/${id}/deaths`, { diedOn: today }),
      learn: ({ body }) => memory.deaths.set(String(body.id), 'reported'),
    };
  },
  decideDeath: (_world, { memory, look }, dice) => {
    const all = [...memory.deaths];
    if (all.length === 0) return null;
    const [deathId, state] = dice.pick([...all.filter(([, s]) => s === 'reported'), ...all]);
    const confirmed = dice.pick([false, true]);
    const debtFen = dice.pick(['0', String(BigInt(look.campaign.money.pendingFen) / 2n), look.campaign.money.raisedFen]);
    return {
      by: ['operator', 'reviewer'],
      request: post(`/v1/deaths/${deathId}/decision`, { confirmed, reason: REASON, ...(confirmed ? { debtFen } : {}) }),
      mustBeRefused: state === 'reported' ? null : 'decided already',
      learn: () => {
        memory.deaths.set(deathId, confirmed ? 'confirmed' : 'mistaken');
        if (confirmed) memory.debtFen = BigInt(debtFen);
      },
    };
  },
};
