import type { Dice } from './dice';
import type { Raise, World } from './world';

type Act = (world: World, raise: Raise, dice: Dice) => Promise<void> | null;

const FAULTS = ['bounce', 'answer-lost', '500-after-commit', 'drop-before', 'duplicate-callback', 'reject', 'not-found-then-found'];

/** What nobody asks permission for: donors pay, time passes, the bank fails. */
export const WORLD_DEEDS: Readonly<Record<string, Act>> = {
  payGifts: (world, { memory }, dice) => {
    const unpaid = [...memory.gifts].filter(([, { paid }]) => !paid).map(([giftId]) => giftId);
    const again = [...memory.gifts.keys()];
    const giftIds = dice.pick([unpaid, unpaid, unpaid.slice(0, 1), again]);
    if (giftIds.length === 0) return null;
    const fault = dice.pick([undefined, 'duplicate-callback', 'no-callback', 'amount-tampered', 'bad-signature']);
    return world.sandbox
      .post('/v1/sandbox/payments', { tenantId: world.tenant.tenantId, giftIds, ...(fault ? { fault } : {}) })
      .then(() => giftIds.forEach((giftId) => (memory.gifts.get(giftId)!.paid = true)));
  },
  passTime: (world, _raise, dice) => world.advance(dice.pick([25, 1, 6, 24, 73, 24 * 8, 24 * 31])),
  bankFault: (world, { look }, dice) => {
    const paid = look.campaign.releases.reduce((sum, r) => sum + r.payouts.length, 0);
    const fault = dice.pick(FAULTS);
    const params = fault === 'bounce' ? { params: { afterDays: 2 } } : {};
    return world.sandbox.post('/v1/sandbox/bank-faults', { tenantId: world.tenant.tenantId, payout: paid + 1, fault, ...params });
  },
};
