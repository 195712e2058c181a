import { createHash } from 'node:crypto';
import { create } from 'xmlbuilder2';
import type { BankAccount, PaymentOrder } from '../port';
import { yuan } from './amount';
import type { BankLinkConfig } from './config';
import { assertValid } from './schemas';

const NAMESPACE = 'urn:iso:std:iso:20022:tech:xsd:pain.001.001.09';

/** Ids that follow from the payout id alone, so that every retry sends the same ones. */
export function idsOf(payoutId: string): { readonly messageId: string; readonly paymentInfoId: string; readonly uetr: string } {
  const hash = createHash('sha256').update(`almoner uetr ${payoutId}`).digest('hex');
  const variant = '89ab'[Number.parseInt(hash[16] ?? '0', 16) % 4];
  const uetr = `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-${variant}${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
  return { messageId: `M${payoutId}`, paymentInfoId: `P${payoutId}`, uetr };
}

/** The parties and ids of a file. */
interface FileIds {
  readonly messageId: string;
  /** PmtInfId of the n-th block, from 0. */
  readonly paymentInfoId: (block: number) => string;
}

/**
 * Builds the pain.001.001.09 of one payout and validates it against the official schema.
 * EndToEndId = InstrId = payout id (the idempotency key); booked singly; our charges; CNAPS on both sides.
 * @returns XML. @throws {RangeError | MessageError} when the order has no valid form: nothing was sent, nothing could have been.
 */
export function buildPain001(order: PaymentOrder, initiatingParty: BankLinkConfig['initiatingParty'], nowMs: number): Promise<string> {
  const { messageId, paymentInfoId } = idsOf(order.payoutId);
  return build([order], { messageId, paymentInfoId: () => paymentInfoId }, initiatingParty, nowMs);
}

/** The same of many orders of one custody account under a file's own id. A block holds those of one urgency and day. @throws as `buildPain001`, for any of them. */
export function buildPain001File(
  fileId: string,
  orders: readonly PaymentOrder[],
  initiatingParty: BankLinkConfig['initiatingParty'],
  nowMs: number,
): Promise<string> {
  return build(orders, { messageId: messageIdOf(fileId), paymentInfoId: (block) => `P${fileId}-${block + 1}` }, initiatingParty, nowMs);
}

/** @returns a file's MsgId. */
export const messageIdOf = (fileId: string): string => `F${fileId}`;

async function build(
  orders: readonly PaymentOrder[],
  ids: FileIds,
  initiatingParty: BankLinkConfig['initiatingParty'],
  nowMs: number,
): Promise<string> {
  for (const order of orders) mustHaveForm(order);
  const blocks = new Map<string, PaymentOrder[]>();
  for (const order of orders) {
    const key = `${order.executionDate} ${order.urgent}`;
    blocks.set(key, [...(blocks.get(key) ?? []), order]);
  }
  const xml = create(
    { version: '1.0', encoding: 'UTF-8' },
    {
      Document: {
        '@xmlns': NAMESPACE,
        CstmrCdtTrfInitn: {
          GrpHdr: {
            MsgId: ids.messageId,
            CreDtTm: chinaDateTime(nowMs),
            ...totals(orders),
            InitgPty: { Nm: literal(initiatingParty.name), Id: { OrgId: { Othr: { Id: initiatingParty.uscc } } } },
          },
          PmtInf: [...blocks.values()].map((block, index) => blockOf(block, ids.paymentInfoId(index))),
        },
      },
    },
  ).end();
  await assertValid('pain.001.001.09', xml);
  return xml;
}

function mustHaveForm({ payoutId, custody, payee }: PaymentOrder): void {
  if (!/^[0-9A-Z]{26}$/.test(payoutId)) throw new RangeError('a payout id has 26 characters of 0-9 A-Z');
  for (const { bankCode } of [custody, payee]) {
    if (!/^\d{12}$/.test(bankCode)) throw new RangeError(`a CNAPS number has 12 digits: ${bankCode}`);
  }
}

function totals(orders: readonly PaymentOrder[]): object {
  return { NbOfTxs: String(orders.length), CtrlSum: yuan(orders.reduce((sum, { amountFen }) => sum + amountFen, 0n)) };
}

function blockOf(orders: readonly PaymentOrder[], paymentInfoId: string): object {
  const [{ urgent, executionDate, custody }] = orders as [PaymentOrder];
  return {
    PmtInfId: paymentInfoId,
    PmtMtd: 'TRF',
    BtchBookg: 'false',
    ...totals(orders),
    PmtTpInf: { SvcLvl: { Cd: urgent ? 'URGP' : 'NURG' } },
    ReqdExctnDt: { Dt: executionDate },
    Dbtr: { Nm: literal(custody.name) },
    DbtrAcct: account(custody),
    DbtrAgt: agent(custody),
    ChrgBr: 'DEBT',
    CdtTrfTxInf: orders.map(({ payoutId, amountFen, payee, remittance }) => ({
      PmtId: { InstrId: payoutId, EndToEndId: payoutId, UETR: idsOf(payoutId).uetr },
      Amt: { InstdAmt: { '@Ccy': 'CNY', '#': yuan(amountFen) } },
      CdtrAgt: agent(payee),
      Cdtr: { Nm: literal(payee.name) },
      CdtrAcct: account(payee),
      Purp: { Cd: 'HSPC' },
      ...(remittance === '' ? {} : { RmtInf: { Ustrd: literal(remittance) } }),
    })),
  };
}

/** An account by its number. */
export function account({ accountNumber }: BankAccount): object {
  return { Id: { Othr: { Id: accountNumber } }, Ccy: 'CNY' };
}

/** A bank by its CNAPS number. */
export function agent({ bankCode }: BankAccount): object {
  return { FinInstnId: { ClrSysMmbId: { ClrSysId: { Cd: 'CNAPS' }, MmbId: bankCode } } };
}

/**
 * Text as it stands. The XML builder decodes `&amp;` when it takes a text and leaves anything of the form `&…;` alone when it
 * writes one, so an ampersand must be written out for both steps. Line ends and other control characters would not come back
 * as they were sent.
 */
export function literal(text: string): string {
  if (/\p{Cc}/u.test(text) || text.trim() === '') throw new RangeError('a name or remittance is empty or holds control characters');
  return text.replaceAll('&', '&amp;amp;');
}

/** @returns an instant in China, `2026-01-05T09:30:00+08:00`. */
export function chinaDateTime(nowMs: number): string {
  return `${new Date(nowMs + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`;
}
