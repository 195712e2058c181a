import { newDocument } from '../../../src/cli/play/documents';
import { type Account, newAccount, newPerson } from '../../../src/cli/play/persons';
import { type DeedOf, post, put } from './deed';
import type { Dice } from './dice';
import { forbidsRelease } from './judgement';

const OUTCOMES = ['hospital-account-refused', 'unreachable', 'hospital-account-offered'];
const REASON = 'Asked with a reason of some length.';
const batch = (basisPoints: number) => ({ basisPoints, purpose: 'A course of treatment' });
const BATCHES = [[5000, 5000], [5000, 3000, 2000], [4000, 3000, 3000], [5001, 4999], [10_000], [5000, 4999]];

/** An account in the payee's name; the bank may know it under another, or not at all, or it may be filed in another's name. */
function anAccount(payeeName: string, dice: Dice): { account: Account; atTheBank: Account | null; isTheirs: boolean } {
  const account = newAccount(payeeName);
  const anothers = newAccount('欧阳他人');
  return dice.pick([
    { account, atTheBank: account, isTheirs: true },
    { account, atTheBank: account, isTheirs: true },
    { account, atTheBank: { ...account, name: '欧阳他人' }, isTheirs: false },
    { account, atTheBank: null, isTheirs: false },
    { account: anothers, atTheBank: anothers, isTheirs: false },
  ]);
}

/** What happens to money between the donors and a granted release. */
export const MONEY_DEEDS: Readonly<Record<string, DeedOf>> = {
  orderGifts: (_world, { id, memory, look }, dice) => {
    const askFen = BigInt(look.campaign.askFen);
    const leftFen = askFen - BigInt(look.campaign.money.raisedFen);
    const amounts = [askFen / 3n + 1n, leftFen, leftFen + 1n, leftFen - 1n, 1n, 5_000_000n, 5_000_001n, 30_000_000n, 30_000_001n];
    const amountFen = dice.pick(amounts.filter((fen) => fen > 0n));
    const gifts = Array.from({ length: dice.pick([1, 2, 3]) }, () => ({ amountFen: String(amountFen) }));
    return {
      by: ['platform'],
      request: post(`/v1/campaigns/${id}/gifts`, { gifts, consent: { version: look.campaign.rights.donor, feeVersion: look.campaign.fees.version } }),
      mustBeRefused: look.campaign.openedAt === null || look.campaign.closedAt !== null ? 'the raise is not open' : null,
      learn: ({ body }) => {
        for (const order of body.gifts as { id: string; amountFen?: string; status: string }[])
          if (order.status === 'ordered') memory.gifts.set(order.id, { amountFen, paid: false });
      },
    };
  },
  close: (_world, { id, look }) => ({
    by: ['platform'],
    request: post(`/v1/campaigns/${id}/close`),
    mustBeRefused: look.campaign.openedAt === null ? 'it never opened' : null,
  }),
  contactHospital: (_world, { id, memory }, dice) => ({
    by: ['platform'],
    request: post(`/v1/campaigns/${id}/hospital-contacts`, { contacted: 'The ward', outcome: dice.pick(OUTCOMES), note: 'A call.' }),
    learn: () => {
      memory.hospitalContacted = true;
    },
  }),
  signPlan: (_world, { id, memory }, dice) => {
    const plan = memory.newest('medical-plan') ?? newDocument().sha256;
    const list = memory.newest('expense-list') ?? newDocument().sha256;
    const unsigned = ['sponsor', 'help-seeker'].filter((party) => !memory.planSigned.has(`${party}/${plan}/${list}`));
    const party = dice.pick([...unsigned, 'sponsor', 'help-seeker']);
    return {
      by: ['platform'],
      request: post(`/v1/campaigns/${id}/plan-signatures`, { party, planSha256: plan, listSha256: list }),
      mustBeRefused: memory.newest('medical-plan') && memory.newest('expense-list') ? null : 'nothing on file to sign',
      learn: () => memory.planSigned.add(`${party}/${plan}/${list}`),
    };
  },
  requestRelease: (_world, { id, memory, look }, dice) => {
    const raisedFen = BigInt(look.campaign.money.raisedFen);
    const fitting = memory.payeeKind === 'institution' ? 'hospital-direct' : memory.restricted ? 'batched' : 'single';
    const mode = dice.pick([fitting, 'batched', 'single', 'hospital-direct']);
    const amounts = [undefined, undefined, String(raisedFen / 2n || 1n), '30000001', '5000001', String(raisedFen + 1n)];
    const amountFen = dice.pick(amounts);
    const basisPoints = mode === 'batched' ? dice.pick(BATCHES) : [];
    const isOpen = look.campaign.phase === 'fundraising';
    // ROUTE looks at all that was raised to date, at every request, also one that it refuses.
    const judged = () => memory.judgeRoute(raisedFen);
    const singlesFen = look.campaign.releases.reduce(
      (sum, r) => sum + (r.mode === 'single' && !['refused', 'cancelled'].includes(r.stage) ? BigInt(r.grossFen) : 0n),
      0n,
    );
    const limitFen = memory.publicityIsComplete ? 30_000_000n : 5_000_000n;
    const tooMuch = isOpen && memory.theCase.edition !== 'convention-1.0' && mode === 'single' && singlesFen + BigInt(amountFen ?? 1n) > limitFen;
    const restrictedNow = raisedFen > 30_000_000n || (raisedFen > 5_000_000n && !memory.publicityIsComplete);
    const before = memory.restricted;
    if (restrictedNow && memory.theCase.edition !== 'convention-1.0') memory.restricted = true;
    const forbidden = tooMuch ? 'ROUTE: single releases beyond the limit' : forbidsRelease(memory, mode, basisPoints);
    memory.restricted = before;
    return {
      by: ['platform'],
      request: post(`/v1/campaigns/${id}/release-requests`, {
        feeVersion: look.campaign.fees.version,
        mode,
        urgent: dice.pick([false, true]),
        ...(amountFen ? { amountFen } : {}),
        ...(mode === 'batched' ? { batches: basisPoints.map(batch) } : {}),
      }),
      mustBeRefused: memory.stopped ? 'the campaign is stopped' : forbidden,
      refusalIsKept: true,
      learn: judged,
    };
  },
  fileAccount: (world, { id, memory }, dice) => {
    const { account, atTheBank, isTheirs } = anAccount(memory.payeeName, dice);
    return {
      by: ['platform'],
      prepare: () => world.atTheBank(atTheBank),
      request: put(`/v1/campaigns/${id}/payee-account`, account),
      learn: () => {
        memory.accountIsTheirs = isTheirs;
        memory.accountAccepted = false;
        memory.changes += 1;
      },
    };
  },
  changePayee: (world, { id, memory, cast }, dice) => {
    const kind = dice.pick(['institution', 'parent', 'friend', 'company', 'seeker']);
    const person = kind === 'seeker' ? cast.patient : newPerson(41, world.nowMs);
    const { account, atTheBank, isTheirs } = anAccount(person.name, dice);
    const named = { kind, account, ...(kind === 'seeker' ? {} : person) };
    const { registered, whitelisted } = memory.theCase.hospital;
    const isNever = ['friend', 'company'].includes(kind) || (kind === 'institution' && !(registered && whitelisted));
    return {
      by: ['platform'],
      prepare: () => world.atTheBank(atTheBank),
      request: put(`/v1/campaigns/${id}/payee`, kind === 'institution' ? { kind } : named),
      mustBeRefused: isNever && memory.theCase.edition !== 'convention-1.0' ? `PAYEE: ${kind}` : null,
      learn: () => {
        memory.payeeKind = kind;
        memory.payeeListed = false;
        memory.payeeName = kind === 'institution' ? world.institution.name : person.name;
        memory.accountIsTheirs = kind === 'institution' || isTheirs;
        memory.accountAccepted = false;
        memory.changes += 1;
      },
    };
  },
  askRefund: (_world, { memory }, dice) => {
    const paid = [...memory.gifts].filter(([, { paid: isPaid }]) => isPaid);
    const [giftId] = paid.length === 0 ? [undefined] : dice.pick(paid);
    return giftId === undefined
      ? null
      : {
          by: ['platform'],
          request: post(`/v1/gifts/${giftId}/refund-requests`, { reason: REASON }),
          learn: ({ body }) => {
            for (const { id, state } of body.requests as { id: string; state: string }[])
              memory.refundRequests.set(id, state === 'asked' ? 'asked' : 'decided');
          },
        };
  },
  decideRefund: (_world, { memory }, dice) => {
    const all = [...memory.refundRequests];
    if (all.length === 0) return null;
    const [requestId, state] = dice.pick([...all.filter(([, s]) => s === 'asked'), ...all]);
    return {
      by: ['operator', 'reviewer'],
      request: post(`/v1/refund-requests/${requestId}/decision`, { grant: dice.pick([true, false]), reply: 'This is the answer.' }),
      mustBeRefused: state === 'decided' ? 'decided already' : null,
      learn: () => memory.refundRequests.set(requestId, 'decided'),
    };
  },
  declareSurplus: (_world, { id }) => ({ by: ['operator', 'reviewer'], request: post(`/v1/campaigns/${id}/surplus`, { reason: REASON }) }),
};
