import express, { type Router } from 'express';
import { z } from 'zod';
import { FAULTS } from '../bank/events';
import type { BankSimulator } from '../bank/simulator';
import type { Account, Entry } from '../bank/state';
import { HttpError, paramOf } from '../support/http';
import { rfc3339 } from '../support/time';
import { accountNumberSchema, bankCodeSchema, bodyAs, clockIdSchema, fenSchema } from './body';

const accountSchema = z.object({
  accountNumber: accountNumberSchema,
  name: z.string().min(1).max(140),
  bankCode: bankCodeSchema,
  kind: z.enum(['custody', 'payee']),
  clockId: clockIdSchema,
  notifyUrl: z.url().nullable().optional(),
  /** The link that serves the account: ISO 20022, or the direct link of China Merchants Bank. */
  link: z.literal('cmb').optional(),
});

const changeSchema = z.object({ status: z.enum(['open', 'closed']).optional(), name: z.string().min(1).max(140).optional() });

const creditSchema = z.object({
  reference: z.string().regex(/^[0-9A-Za-z-]{1,35}$/),
  amountFen: fenSchema,
  counterpartyAccount: accountNumberSchema,
  counterpartyName: z.string().min(1).max(140),
  remittance: z.string().max(140).default(''),
});

const faultSchema = z.object({
  accountNumber: accountNumberSchema,
  nth: z.int().min(1),
  fault: z.enum(FAULTS),
  params: z
    .object({
      code: z
        .string()
        .regex(/^[A-Z0-9]{4}$/)
        .optional(),
      afterDays: z.number().positive().optional(),
      afterMinutes: z.number().positive().optional(),
      lookups: z.int().min(1).optional(),
      noPush: z.boolean().optional(),
    })
    .default({}),
});

const recallSchema = z.object({
  endToEndId: z.string().regex(/^[0-9A-Z]{26}$/),
  refusal: z
    .string()
    .regex(/^[A-Z0-9]{4}$/)
    .optional(),
  afterMinutes: z.number().min(0).optional(),
  returnsAfterMinutes: z.number().positive().optional(),
  answerLost: z.boolean().optional(),
});

/** Accounts, their ledgers, and faults of the simulated bank. */
export function bankRoutes(bank: BankSimulator): Router {
  const router = express.Router();
  router.post('/bank/accounts', async (req, res) => {
    const terms = bodyAs(req, accountSchema);
    const notifyUrl = terms.notifyUrl === undefined ? (bank.find(terms.accountNumber)?.notifyUrl ?? null) : terms.notifyUrl;
    res.json(view(await bank.registerAccount({ ...terms, notifyUrl })));
  });
  router.patch('/bank/accounts/:number', async (req, res) => {
    const account = existing(bank, paramOf(req, 'number'));
    const changes = bodyAs(req, changeSchema);
    await bank.journal.record({ type: 'account-changed', accountNumber: account.terms.accountNumber, changes });
    res.json(view(account));
  });
  router.get('/bank/accounts/:number', (req, res) => {
    res.json(view(existing(bank, paramOf(req, 'number'))));
  });
  router.get('/bank/accounts/:number/entries', (req, res) => {
    res.json(existing(bank, paramOf(req, 'number')).entries.map((entry) => entryView(bank, entry)));
  });
  // Somebody pays money in: a hospital's surplus, a direct transfer.
  router.post('/bank/accounts/:number/credits', async (req, res) => {
    const account = existing(bank, paramOf(req, 'number'));
    const credit = bodyAs(req, creditSchema);
    await bank.collect({ ...credit, accountNumber: account.terms.accountNumber, sign: 'CRDT', atMs: bank.nowMs(account) });
    res.json(view(account));
  });
  router.post('/bank/faults', async (req, res) => {
    const { accountNumber, nth, fault, params } = bodyAs(req, faultSchema);
    await bank.setFault(accountNumber, nth, { name: fault, params });
    res.json({ accountNumber, nth, fault, params });
  });
  // How the payee's bank will take a request to give a payment back.
  router.post('/bank/recalls', async (req, res) => {
    const script = bodyAs(req, recallSchema);
    await bank.journal.record({ type: 'recall-script', ...script });
    res.json(script);
  });
  return router;
}

function existing(bank: BankSimulator, accountNumber: string): Account {
  const account = bank.state.accounts.get(accountNumber);
  if (account === undefined) throw new HttpError(404, 'no_account', `account ${accountNumber} is not registered`);
  return account;
}

function view(account: Account): object {
  return {
    ...account.terms,
    status: account.status,
    balanceFen: String(account.balanceFen),
    openedAt: rfc3339(account.openedAtMs),
    received: account.received,
  };
}

function entryView(bank: BankSimulator, entry: Entry): object {
  const payment = entry.endToEndId === null || entry.kind !== 'payout' ? undefined : bank.state.payments.get(entry.endToEndId);
  return {
    reference: entry.reference,
    endToEndId: entry.endToEndId,
    amountFen: String(entry.amountFen),
    sign: entry.sign,
    kind: entry.kind,
    bookedAt: rfc3339(entry.atMs),
    counterpartyAccount: entry.counterpartyAccount,
    counterpartyName: entry.counterpartyName,
    remittance: entry.remittance,
    willBounce: payment?.fault?.name === 'bounce' && !payment.returned,
    bounced: payment?.returned ?? false,
  };
}
