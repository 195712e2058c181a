/** One text of the sources in place of another. */
export interface Change {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** How often it stands there; once, unless said. */
  readonly times?: number;
}

/** In every copy, planted or not: small pages, so that a handful of gifts turns them. */
export const EVERYWHERE: readonly Change[] = [
  { file: 'src/gifts/returns.ts', find: 'const PAGE = 200;', replace: 'const PAGE = 3;' },
  { file: 'src/gifts/gifts.ts', find: 'const PAGE = 100;', replace: 'const PAGE = 3;' },
];

/** One bug that the simulation must find when it is planted. */
export interface Plant {
  readonly name: string;
  /** What the bug does. */
  readonly says: string;
}

/** Written before the simulation: the ways in which money software of this kind goes wrong. One at a time is planted, and each must be found. */
export const PLANTS: readonly Plant[] = [
  { name: 'order-key-dropped', says: 'The same order key a second time makes a second set of orders.' },
  { name: 'order-key-reused', says: 'An order key that was used for other amounts is answered with the old orders.' },
  { name: 'callback-posted-twice', says: 'A callback that comes again counts again into what was raised.' },
  { name: 'callback-amount-not-compared', says: 'The amount that a callback tells is not compared with the order.' },
  { name: 'callback-merchant-not-compared', says: "A payment into another platform's account is credited." },
  { name: 'cap-not-enforced', says: 'A gift that crosses the target is credited whole.' },
  { name: 'cap-forgets-the-group', says: 'Gifts that are committed together are each measured against the room that was there before all of them.' },
  { name: 'gift-lock-skipped', says: 'Two groups of gifts measure the same room at the same time.' },
  { name: 'late-gift-credited', says: 'A gift that is paid after the close is credited.' },
  { name: 'excess-not-returned', says: 'What crossed the target is never sent back.' },
  { name: 'off-by-one-page', says: 'The last order of each page is not asked about.' },
  { name: 'exception-dropped', says: 'What fits nowhere is not parked for anybody.' },
  { name: 'sweep-taken-whole', says: 'All of a sweep is taken off what the channel owes, also what it does not owe.' },
  { name: 'lost-remainder', says: 'The fen that rounding loses in a pro-rata refund go to nobody.' },
  { name: 'earlier-round-forgotten', says: 'A refund shares over what gifts once were, not over what is left of them.' },
  { name: 'refund-to-wrong-donor', says: "A refund is asked for under another gift's order." },
  { name: 'refund-new-number', says: 'A refund that is tried again gets a new number at the channel.' },
  { name: 'refund-unknown-is-failure', says: 'A refund whose answer was lost is owed back by hand at once.' },
  { name: 'refund-amount-not-compared', says: 'The amount that a refund callback tells is not compared with the refund.' },
  { name: 'refund-counted-twice', says: 'A refund that is told again is recorded again.' },
  { name: 'clearing-mirror-skipped', says: 'What the channel gave back is not taken off what it owes.' },
  { name: 'resubmit-new-id', says: 'A payout that is sent again goes under a new id.' },
  { name: 'not-found-is-failure', says: 'A payout that the bank does not find yet has failed.' },
  { name: 'unknown-is-failure', says: 'A payout whose answer was lost has failed.' },
  { name: 'booked-amount-not-compared', says: 'A payout counts as paid whatever amount the bank booked.' },
  { name: 'fee-counted-twice', says: 'The fee of a payout is charged twice.' },
  { name: 'fee-cap-forgotten', says: 'The service fee of a campaign does not stop at its cap.' },
  { name: 'float', says: 'A share is computed in floating point and rounded.' },
  { name: 'stale-approval', says: 'What was signed is not looked at again at the last moment before sending.' },
  { name: 'expiry-ignored', says: 'Signatures that expired still count.' },
  { name: 'one-signature-enough', says: 'One checker suffices.' },
  { name: 'maker-may-check', says: 'Whoever proposed a payment may sign it.' },
  { name: 'one-human-counts-twice', says: 'Two log-ins of the same human count as two checkers.' },
  { name: 'rejection-ignored', says: 'A rejection by one checker does not stop the payment.' },
  { name: 'left-checker-counts', says: 'The signature of a checker who was dismissed still counts.' },
  { name: 'hold-ignored', says: 'A payout is sent while a hold stands.' },
  { name: 'custody-not-looked-at', says: 'A payout is made up of money that is not in custody yet.' },
  { name: 'payout-lock-skipped', says: 'Two workers record the end of the same payout at the same time.' },
  { name: 'prepare-lock-skipped', says: 'Two workers make up the payout of the same release at the same time.' },
  { name: 'custody-mirror-skipped', says: 'A payment leaves the campaign and not the custody account.' },
  { name: 'bounce-not-reversed', says: 'A payment that the bank returned stays paid in the books.' },
  { name: 'return-taken-twice', says: 'A second return of the same payment is taken for the first.' },
  { name: 'reserve-not-released', says: 'A cancelled release keeps the money that was reserved for it.' },
  { name: 'fee-not-undone', says: 'A payment that came back and is not made again keeps its fee.' },
  { name: 'word-lost', says: 'Nobody is told that a payout ended.' },
  { name: 'audit-skipped', says: 'A payment leaves no audit row.' },
];
