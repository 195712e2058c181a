import { row, rows } from '../../src/database/connect';
import { verifyLedger } from '../../src/ledger/verify';
import { campaignBooks } from '../../src/ledger/statement';
import { anInvoice } from '../support/askable';
import { bankLine } from '../support/campaigns';
import { exceptionOf, shown, undone } from '../support/exceptions';
import { type Answer, aHouse, type House } from '../support/house';
import { aKey } from '../support/identifiers';
import { aTenant, nowMs, type Tenant } from '../support/people';
import { aReservedPayout } from '../support/releases';
import { debitNotified, type Payout, pursue } from '../support/transfers';

// What a hospital billed against what it was paid, and what it sends back.
let house: House;
let tenant: Tenant;
let payout: Payout;
const NET = 964_000n;
beforeAll(async () => {
  house = await aHouse();
  tenant = await aTenant(house);
});
beforeEach(async () => {
  payout = await paid();
});
afterEach(async () => expect(await verifyLedger(house.db, tenant.id)).toEqual([]));
afterAll(() => house.close());

async function paid(): Promise<Payout> {
  const made = await aReservedPayout(house, tenant, [1_000_000n], { payee: { kind: 'institution' } });
  expect(await pursue(house, tenant, made.payoutId)).toBe('succeeded');
  await debitNotified(house, tenant, made);
  await house.releases.database.beginReceipt(made.id, made.payoutId, await nowMs(house, tenant));
  return made;
}

let numbers = 0;
const aNumber = (): string => `MZ-${String((numbers += 1)).padStart(6, '0')}`;
type Filed = Answer<{ id: string; uninvoicedFen?: string; unmatchedFen?: string; code?: string; field?: string }>;
const files = (body: object, as = tenant.hospital.login, key = aKey(), of = payout): Promise<Filed> =>
  house.ask('POST', `/v1/payouts/${of.payoutId}/invoices`, { as, key, body });
const seen = (as = tenant.hospital.key, of = payout): Promise<Answer<Record<string, unknown>>> =>
  house.ask('GET', `/v1/payouts/${of.payoutId}/invoices`, { as });

describe('invoices', () => {
  test('filed with its lines and matched; what of either is unmatched is shown; the words are sealed', async () => {
    const number = aNumber();
    expect(await files(anInvoice(number, [300_000n, 200_000n]))).toMatchObject({ status: 201, body: { uninvoicedFen: '464000', unmatchedFen: '0' } });
    const more = await files(anInvoice(aNumber(), [600_000n]), tenant.platformKey);
    expect(more).toMatchObject({ status: 201, body: { uninvoicedFen: '0', unmatchedFen: '136000' } });
    expect(await seen()).toMatchObject({
      status: 200,
      body: {
        netFen: '964000',
        invoicedFen: '964000',
        uninvoicedFen: '0',
        invoices: [
          {
            number,
            amountFen: '500000',
            matchedHereFen: '500000',
            unmatchedFen: '0',
            lines: [{ item: '费用 1', amountFen: '300000' }, { amountFen: '200000' }],
          },
          { id: more.body.id, matchedHereFen: '464000', unmatchedFen: '136000' },
        ],
      },
    });
    expect(await seen(tenant.sessions.reviewer)).toMatchObject({ status: 200 });
    for (const who of [tenant.platformKey, tenant.sessions.maker]) expect(await seen(who)).toMatchObject({ status: 403 });
    const kept = await rows<{ number_enc: Buffer; item_enc: Buffer }>(
      house.owner,
      'select number_enc, item_enc from invoice join invoice_line on invoice_id = id',
    );
    expect(kept.some(({ number_enc, item_enc }) => number_enc.includes(number) || item_enc.includes('费用'))).toBe(false);

    // What is left of it pays for a second payment of the same campaign, and of no other.
    const other = await paid();
    const allocate = (of: Payout, amountFen: bigint): Promise<Filed> =>
      house.ask('POST', `/v1/invoices/${more.body.id}/allocations`, {
        as: tenant.hospital.key,
        key: aKey(),
        body: { payoutId: of.payoutId, amountFen },
      });
    expect(await allocate(other, 1n)).toMatchObject({ status: 409, body: { code: 'invoice.does_not_fit', field: '/payoutId' } });
    expect(await allocate(payout, 1n)).toMatchObject({ status: 422, body: { code: 'match.too_much', field: '/amountFen' } });
  });

  describe('withdrawn', () => {
    const withdraws = (id: string, as = tenant.hospital.login, because = 'wrong-amount'): Promise<Answer<{ code: string; field?: string }>> =>
      house.ask('POST', `/v1/invoices/${id}/withdrawal`, { as, body: { because } });

    test('what it covered is free, its number may be filed again, it stays on record; a second time, and what is to be matched with it, is refused', async () => {
      const number = aNumber();
      const { id } = (await files(anInvoice(number, [300_000n]))).body;
      // Pressed twice at once: one withdraws it.
      const both = await Promise.all([withdraws(id), withdraws(id, tenant.hospital.key, 'cancelled')]);
      expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
      expect(both.find(({ status }) => status === 409)!.body.code).toBe('invoice.withdrawn');
      expect(await seen()).toMatchObject({
        body: {
          invoicedFen: '0',
          uninvoicedFen: NET.toString(),
          invoices: [{ id, matchedHereFen: '0', unmatchedFen: '0', withdrawal: { because: expect.stringMatching(/^(wrong-amount|cancelled)$/) } }],
        },
      });
      const allocation = { as: tenant.hospital.key, key: aKey(), body: { payoutId: payout.payoutId, amountFen: 1n } };
      expect(await house.ask('POST', `/v1/invoices/${id}/allocations`, allocation)).toMatchObject({
        status: 409,
        body: { code: 'invoice.withdrawn' },
      });
      expect(await files(anInvoice(number, [200_000n]))).toMatchObject({ status: 201, body: { uninvoicedFen: (NET - 200_000n).toString() } });
      expect(
        await rows(house.db, `select data->>'freedFen' as freed from audit.event where action = 'invoice.withdrawn' and subject = ?`, [
          `invoice/${id}`,
        ]),
      ).toEqual([{ freed: '300000' }]);
      // Finance is shown that, and no word of what was bought.
      const release = await house.ask<object>('GET', `/v1/releases/${payout.id}`, { as: tenant.sessions.maker });
      expect(release.body).toMatchObject({ payouts: [{ invoicedFen: '200000', withdrawnInvoices: [{ id, amountFen: '300000' }] }] });
      expect(JSON.stringify(release.body)).not.toContain('费用 1');
      // Neither the row nor what it was matched with is ever made good again.
      await expect(
        house.owner('invoice').where('id', id).update({ withdrawn_at: null, withdrawn_by: null, withdrawn_because: null }),
      ).rejects.toThrow(/once and for good/);
    });

    test('not by another hospital, nor by who may not, nor for a reason that is none; nor once it is relied upon', async () => {
      const { id } = (await files(anInvoice(aNumber(), [300_000n]))).body;
      const other = await aTenant(house);
      expect(await withdraws(id, other.hospital.login)).toMatchObject({ status: 404, body: { code: 'object.not_found' } });
      for (const who of [tenant.platformKey, tenant.sessions.maker, tenant.sessions.reviewer])
        expect(await withdraws(id, who)).toMatchObject({ status: 403 });
      expect(await withdraws(id, tenant.hospital.login, 'tired')).toMatchObject({
        status: 400,
        body: { code: 'request.invalid', field: '/because' },
      });
      const evidence = async (decision: string, atMs: number): Promise<void> => {
        const used = await house.ask<{ id: string }>('POST', `/v1/releases/${payout.id}/use-evidence`, {
          as: tenant.platformKey,
          key: aKey(),
          body: { amountFen: '100', document: { sha256: 'a'.repeat(64), mediaType: 'image/png', byteLength: 1 } },
        });
        expect(used.status).toBe(201);
        await house
          .owner('use_evidence')
          .where('id', used.body.id)
          .update({ decision, reason: 'ok', decided_at: new Date(atMs), decided_by: (await house.owner('staff').first('id')).id });
      };
      const now = await nowMs(house, tenant);
      await evidence('reject', now + 1_000);
      await evidence('accept', now - 1_000);
      await evidence('accept', now + 1_000);
      expect(await withdraws(id)).toMatchObject({ status: 409, body: { code: 'invoice.relied_on' } });
      // Accepted before it was matched, or not at all: nobody rests on it.
      await house
        .owner('use_evidence')
        .where('decided_at', new Date(now + 1_000))
        .update({ decision: 'reject' });
      const campaign = house.owner('campaign').where('id', payout.campaignId);
      await campaign.clone().update({ phase: 'settled', ended_at: new Date(now) });
      expect(await withdraws(id)).toMatchObject({ status: 409, body: { code: 'invoice.relied_on' } });
      expect(await seen()).toMatchObject({ body: { invoicedFen: '300000', invoices: [{ withdrawal: null }] } });
    });
  });

  test('the same invoice of the same hospital counts once, however it is written, whoever files it, for whichever campaign', async () => {
    const number = aNumber();
    const key = aKey();
    const first = await files(anInvoice(number), tenant.hospital.login, key);
    expect((await files(anInvoice(number), tenant.hospital.login, key)).body).toEqual(first.body);
    const other = await paid();
    for (const again of [number, number.toLowerCase(), number.replace('-', '')])
      expect(await files(anInvoice(again), tenant.platformKey, aKey(), other)).toMatchObject({
        status: 409,
        body: { code: 'invoice.claimed', field: '/number' },
      });
    const racing = aNumber();
    const answers = await Promise.all([payout, other].map((of) => files(anInvoice(racing), tenant.hospital.key, aKey(), of)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  test('lines that do not add up, more than was paid, a day to come, another hospital: nothing is changed', async () => {
    const counts = async (): Promise<unknown> =>
      row(
        house.db,
        'select (select count(*)::int from invoice) as i, (select count(*)::int from invoice_line) as l, (select count(*)::int from invoice_allocation) as a',
      );
    const before = await counts();
    const good = anInvoice(aNumber());
    for (const [body, status, code] of [
      [{ ...good, amountFen: '6' }, 422, 'invoice.does_not_add_up'],
      [{ ...good, allocateFen: '6' }, 422, 'match.too_much'],
      [{ ...anInvoice(aNumber(), [NET + 1n]), allocateFen: NET + 1n }, 422, 'match.too_much'],
      [{ ...good, issuedOn: '2021-12-31' }, 400, 'request.invalid'],
      [{ ...good, number: '票号' }, 400, 'request.invalid'],
      [{ ...good, lines: [] }, 400, 'request.invalid'],
    ] as const)
      expect(await files(body)).toMatchObject({ status, body: { code } });
    const stranger = await aTenant(house);
    for (const as of [stranger.hospital.login, stranger.platformKey]) expect(await files(good, as)).toMatchObject({ status: 404 });
    expect(await counts()).toEqual(before);
  });

  test('the database holds it, whoever writes: one claim, lines that add up, never more than paid or billed', async () => {
    const { body } = await files({ ...anInvoice(aNumber(), [NET + 5n]), allocateFen: NET });
    const invoice = (await rows(house.owner, 'select * from invoice where id = ?', [body.id]))[0] as { id: string };
    const allocation = { invoice_id: invoice.id, made_at: new Date(), made_by: 'somebody' };
    await expect(house.owner('invoice').insert({ ...invoice, id: '1'.repeat(26) })).rejects.toThrow('one_claim_an_invoice');
    await expect(
      house.owner('invoice').insert({ ...invoice, id: '1'.repeat(26), number_hash: Buffer.from('other'), allocated_fen: '0' }),
    ).rejects.toThrow('its lines come to');
    await expect(
      house.owner('invoice_allocation').insert({ ...allocation, id: '1'.repeat(26), payout_id: payout.payoutId, amount_fen: '1' }),
    ).rejects.toThrow('invoiced_within_payout');
    const other = await paid();
    await expect(
      house.owner('invoice_allocation').insert({ ...allocation, id: '1'.repeat(26), payout_id: other.payoutId, amount_fen: '1' }),
    ).rejects.toThrow('of two campaigns');
    await expect(
      house
        .owner('invoice')
        .where('id', invoice.id)
        .update({ allocated_fen: (NET + 6n).toString() }),
    ).rejects.toThrow('allocated_within_invoice');
  });
});

describe('surplus that the hospital sends back', () => {
  const announces = (
    amountFen: bigint,
    key = aKey(),
    as = tenant.hospital.login,
  ): Promise<Answer<{ id: string; reference: string; state: string; code?: string }>> =>
    house.ask('POST', `/v1/payouts/${payout.payoutId}/surplus-returns`, { as, key, body: { amountFen, reason: '出院结算后的结余' } });
  const credited = async (over: Record<string, unknown>): Promise<string> => {
    const line = bankLine(tenant, { sign: 'CRDT', ...over });
    for (let i = 0; i < 3; i += 1) expect((await house.push('bank', line)).status).toBe(204);
    return `${tenant.custodyAccount}/${line.entries[0]!.reference}/CRDT`;
  };
  const state = async (): Promise<unknown> => {
    const { body } = await house.ask<{ returns: { state: string }[] }>('GET', `/v1/payouts/${payout.payoutId}/surplus-returns`, {
      as: tenant.hospital.key,
    });
    return body.returns.map((r) => r.state);
  };

  test('announced, credited under its reference: the campaign has it again, its statement shows it, and nobody had to look', async () => {
    const key = aKey();
    const { body } = await announces(64_000n, key);
    expect((await announces(64_000n, key)).body).toEqual(body);
    // The bank carries the words; nothing names a payment, and the channel owes nothing.
    const subject = await credited({ amountFen: 64_000n, remittance: `结余退回 ${body.reference.toLowerCase()}，张三`, counterparty: '医院' });
    expect(await state()).toEqual(['matched']);
    expect(await campaignBooks(house.db, payout.campaignId)).toMatchObject({ heldFen: 64_000n, paidNetFen: 900_000n });
    const exceptionId = await exceptionOf(house, subject);
    const e = await shown(house, tenant, exceptionId);
    expect(e).toMatchObject({ state: 'resolved', resolution: 'matched', resolvedBy: 'machine' });
    const statement = await house.ask<{ movements: unknown[]; identity: { closing: unknown } }>(
      'GET',
      `/v1/statements/campaigns/${payout.campaignId}?from=2021-03-01&to=2021-03-31`,
      { as: tenant.platformKey },
    );
    expect(statement.body.movements).toContainEqual({ kind: 'payee-gave-back', debit: 'paid', credit: 'held', movements: 1, amountFen: '64000' });
    expect(statement.body.identity.closing).toMatchObject({ heldFen: '64000', holds: true });
    // Finance undoes it: the announcement is open again.
    expect(await undone(house, tenant, e.matches[0]!.id)).toMatchObject({ status: 200 });
    expect(await state()).toEqual(['announced']);
    expect(await campaignBooks(house.db, payout.campaignId)).toMatchObject({ heldFen: 0n, paidNetFen: 964_000n });
  });

  test('a credit that names it with another amount, twice, or after it was withdrawn is a person’s; nothing is matched by guess', async () => {
    const { body } = await announces(100n);
    const kindOf = async (subject: string): Promise<string> => (await shown(house, tenant, await exceptionOf(house, subject))).kind;
    expect(await kindOf(await credited({ amountFen: 99n, remittance: body.reference }))).toBe('surplus-differs');
    // Without the reference, or with two of them, it is any unknown credit, and never the channel's settlement.
    const second = (await announces(50n)).body;
    expect(await kindOf(await credited({ amountFen: 100n, remittance: '医院退款' }))).toBe('bank-line-unknown');
    expect(await kindOf(await credited({ amountFen: 100n, remittance: `${body.reference} ${second.reference}` }))).toBe('bank-line-unknown');
    expect(await state()).toEqual(['announced', 'announced']);
    const withdraw = (as: string): Promise<Answer> => house.ask('POST', `/v1/surplus-returns/${second.id}/withdrawal`, { as });
    expect(await withdraw((await aTenant(house)).hospital.login)).toMatchObject({ status: 404 });
    expect(await withdraw(tenant.hospital.login)).toMatchObject({ status: 200 });
    expect(await withdraw(tenant.hospital.login)).toMatchObject({ status: 409, body: { code: 'surplus.not_now' } });
    expect(await kindOf(await credited({ amountFen: 50n, remittance: second.reference }))).toBe('surplus-differs');
    await credited({ amountFen: 100n, endToEndId: body.reference });
    expect(await state()).toEqual(['withdrawn', 'matched']);
    expect(await kindOf(await credited({ amountFen: 100n, remittance: body.reference }))).toBe('surplus-differs');
    expect(await campaignBooks(house.db, payout.campaignId)).toMatchObject({ heldFen: 100n });
  });

  test('never more than stands paid, all announcements together; two at once, one wins', async () => {
    expect(await announces(NET + 1n)).toMatchObject({ status: 422, body: { code: 'match.too_much' } });
    const answers = await Promise.all([announces(NET), announces(NET)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 422]);
    expect(await announces(1n, aKey(), tenant.sessions.maker)).toMatchObject({ status: 403 });
  });
});
