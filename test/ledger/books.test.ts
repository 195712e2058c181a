import fc from 'fast-check';
import { type AccountRef, balanceOf, post, type Transfer } from '../../src/ledger/post';
import { type CampaignBooks, campaignBooks, campaignStatement, type StatementLine } from '../../src/ledger/statement';
import { type Books, openBooks, openHouseAccounts, sqlStateOf, theBooksBalance, transfer } from '../support/ledger';
import { holdsAsync } from '../support/property';

let books: Books;
beforeAll(async () => {
  books = await openBooks();
  await openHouseAccounts(books.app, 't1');
});
afterAll(async () => {
  await theBooksBalance(books.app);
  await books.close();
});

type Step =
  | { readonly do: 'give'; readonly fen: number }
  | { readonly do: 'reserve'; readonly fen: number }
  | { readonly do: 'void' | 'settle' | 'bounce'; readonly which: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('give' as const), fen: fc.integer({ min: 1, max: 10_000 }) }),
  fc.record({ do: fc.constant('reserve' as const), fen: fc.integer({ min: 1, max: 10_000 }) }),
  fc.record({ do: fc.constantFrom('void' as const, 'settle' as const, 'bounce' as const), which: fc.nat(20) }),
);

/** What the books should say, kept with plain sums and no accounts. */
class Model {
  givenFen = 0n;
  readonly releases: { fen: bigint; state: 'reserved' | 'voided' | 'settled' }[] = [];

  sum(state: string): bigint {
    return this.releases.filter((r) => r.state === state).reduce((total, r) => total + r.fen, 0n);
  }

  get heldFen(): bigint {
    return this.givenFen - this.sum('reserved') - this.sum('settled');
  }
}

let campaigns = 0;

/** One story of a campaign's money; each step is tried, and refused where the model says that it cannot be. */
async function play(steps: readonly Step[]): Promise<{ campaignId: string; model: Model; moved: number }> {
  const campaignId = `story-${(campaigns += 1)}`;
  await openHouseAccounts(books.app, 't1', campaignId);
  const model = new Model();
  let moved = 0;
  const of = (kind: 'held' | 'reserved' | 'paid' | 'fees'): AccountRef => ({ kind, campaignId });
  const move = async (...transfers: Omit<Transfer, 'tenantId' | 'subject' | 'businessAt' | 'key'>[]): Promise<string> => {
    const code = await sqlStateOf(
      post(
        books.app,
        transfers.map((t) => transfer({ ...t, key: `${campaignId}/${(moved += 1)}` })),
        'test',
      ),
    );
    if (code !== 'none') moved -= transfers.length;
    return code;
  };
  for (const s of steps) {
    if (s.do === 'give') {
      expect(await move({ kind: 'gift-credited', debit: { kind: 'clearing' }, credit: of('held'), amountFen: BigInt(s.fen) })).toBe('none');
      model.givenFen += BigInt(s.fen);
    } else if (s.do === 'reserve') {
      const fits = BigInt(s.fen) <= model.heldFen;
      expect(await move({ kind: 'release-reserved', debit: of('held'), credit: of('reserved'), amountFen: BigInt(s.fen) })).toBe(
        fits ? 'none' : '23514',
      );
      if (fits) model.releases.push({ fen: BigInt(s.fen), state: 'reserved' });
    } else {
      const release = model.releases[s.which];
      const wanted = s.do === 'bounce' ? 'settled' : 'reserved';
      if (release?.state !== wanted) continue;
      const feeFen = release.fen / 100n;
      if (s.do === 'void') await move({ kind: 'release-voided', debit: of('reserved'), credit: of('held'), amountFen: release.fen });
      if (s.do === 'settle') {
        await move(
          { kind: 'payout-paid', debit: of('reserved'), credit: of('paid'), amountFen: release.fen - feeFen },
          ...(feeFen > 0n ? [{ kind: 'fee-charged', debit: of('reserved'), credit: of('fees'), amountFen: feeFen }] : []),
        );
      }
      if (s.do === 'bounce') {
        await move(
          { kind: 'payout-returned', debit: of('paid'), credit: of('reserved'), amountFen: release.fen - feeFen },
          ...(feeFen > 0n ? [{ kind: 'fee-undone', debit: of('fees'), credit: of('reserved'), amountFen: feeFen }] : []),
        );
      }
      release.state = s.do === 'void' ? 'voided' : s.do === 'settle' ? 'settled' : 'reserved';
    }
  }
  return { campaignId, model, moved };
}

test('reserve, settle, void and bounce in any order: raised = paid out + refunded + pending, and the statement lists every movement once', async () => {
  await holdsAsync(
    fc.tuple(fc.array(step, { minLength: 5, maxLength: 25 }), fc.integer({ min: 1, max: 7 })),
    async ([steps, pageSize]) => {
      const { campaignId, model, moved } = await play(steps);
      const found: CampaignBooks = await campaignBooks(books.app, campaignId);
      const feesFen = model.releases.filter((r) => r.state === 'settled').reduce((total, r) => total + r.fen / 100n, 0n);
      expect(found).toEqual({
        heldFen: model.heldFen,
        reservedFen: model.sum('reserved'),
        paidNetFen: model.sum('settled') - feesFen,
        feesFen,
        refundedFen: 0n,
        pendingFen: model.heldFen + model.sum('reserved'),
        raisedFen: model.givenFen,
      });
      expect(found.raisedFen).toBe(found.paidNetFen + found.feesFen + found.refundedFen + found.pendingFen);

      const lines: StatementLine[] = [];
      for (let page: StatementLine[]; (page = await campaignStatement(books.app, campaignId, lines.at(-1)?.id ?? 0n, pageSize)).length > 0; )
        lines.push(...page);
      expect(new Set(lines.map((l) => l.id)).size).toBe(lines.length);
      expect(lines).toHaveLength(moved);
      // Replayed from nothing, the statement's lines give the balance that stands.
      const heldFen = lines.reduce((total, l) => total + (l.credit === 'held' ? l.amountFen : 0n) - (l.debit === 'held' ? l.amountFen : 0n), 0n);
      expect(heldFen).toBe(await balanceOf(books.app, 't1', { kind: 'held', campaignId }));
    },
    60,
  );
});

test('a campaign whose raise never opened has books of zeros and an empty statement', async () => {
  expect(Object.values(await campaignBooks(books.app, 'never'))).toEqual(Array.from({ length: 7 }, () => 0n));
  expect(await campaignStatement(books.app, 'never', 0n, 10)).toEqual([]);
});

test('opening accounts again changes nothing', async () => {
  await openHouseAccounts(books.app, 't1', 'twice');
  await post(books.app, [transfer({ key: 'twice', credit: { kind: 'held', campaignId: 'twice' } })], 'test');
  await openHouseAccounts(books.app, 't1', 'twice');
  expect(await balanceOf(books.app, 't1', { kind: 'held', campaignId: 'twice' })).toBe(100n);
});

test('an account that was never opened has no balance, not zero', async () => {
  await expect(balanceOf(books.app, 't1', { kind: 'held', campaignId: 'never' })).rejects.toMatchObject({ code: 'object.not_found' });
});
