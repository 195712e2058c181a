import { createHash } from 'node:crypto';
import { create } from 'xmlbuilder2';
import type { BankAccount, PaymentOrder } from '../port';
import { yuan } from './amount';
import { assertValid } from './schemas';

const NAMESPACE = 'urn:iso:std:iso:20022:tech:xsd:pain.001.001.09';

/** Ids that follow from the payout id alone, so that every retry sends the same ones. */
export function idsOf(payoutId: string): { readonly messageId: string; readonly paymentInfoId: string; readonly uetr: string } {
  const hash = createHash('sha256').update(`almoner uetr ${payoutId}`).digest('hex');
  const variant = '89ab'[Number.parseInt(hash[16] ?? '0', 16) % 4];
  const uetr = `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-${variant}${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
  return { messageId: `M${payoutId}`, paymentInfoId: `P${payoutId}`, uetr };
}

/**
 * Builds the pain.001.001.09 of one payout and validates it against the official schema.
 * EndToEndId = InstrId = payout id (the idempotency key); one order per file, booked singly; our charges; CNAPS on both sides.
 * @returns XML. @throws {RangeError | MessageError} when the order has no valid form: nothing was sent, nothing could have been.
 */
export async function buildPain001(order: PaymentOrder, initiatingParty: { name: string; uscc: string }, nowMs: number): Promise<string> {
  if (!/^[0-9A-Z]{26}$/.test(order.payoutId)) throw new RangeError('a payout id has 26 characters of 0-9 A-Z');
  for (const { bankCode } of [order.custody, order.payee]) {
    if (!/^\d{12}$/.test(bankCode)) throw new RangeError(`a CNAPS number has 12 digits: ${bankCode}`);
  }
  const amount = yuan(order.amountFen);
  const { messageId, paymentInfoId, uetr } = idsOf(order.payoutId);
  const xml = create(
    { version: '1.0', encoding: 'UTF-8' },
    {
      Document: {
        '@xmlns': NAMESPACE,
        CstmrCdtTrfInitn: {
          GrpHdr: {
            MsgId: messageId,
            CreDtTm: chinaDateTime(nowMs),
            NbOfTxs: '1',
            CtrlSum: amount,
            InitgPty: { Nm: literal(initiatingParty.name), Id: { OrgId: { Othr: { Id: initiatingParty.uscc } } } },
          },
          PmtInf: {
            PmtInfId: paymentInfoId,
            PmtMtd: 'TRF',
            BtchBookg: 'false',
            NbOfTxs: '1',
            CtrlSum: amount,
            PmtTpInf: { SvcLvl: { Cd: order.urgent ? 'URGP' : 'NURG' } },
            ReqdExctnDt: { Dt: order.executionDate },
            Dbtr: { Nm: literal(order.custody.name) },
            DbtrAcct: account(order.custody),
            DbtrAgt: agent(order.custody),
            ChrgBr: 'DEBT',
            CdtTrfTxInf: {
              PmtId: { InstrId: order.payoutId, EndToEndId: order.payoutId, UETR: uetr },
              Amt: { InstdAmt: { '@Ccy': 'CNY', '#': amount } },
              CdtrAgt: agent(order.payee),
              Cdtr: { Nm: literal(order.payee.name) },
              CdtrAcct: account(order.payee),
              Purp: { Cd: 'HSPC' },
              ...(order.remittance === '' ? {} : { RmtInf: { Ustrd: literal(order.remittance) } }),
            },
          },
        },
      },
    },
  ).end();
  await assertValid('pain.001.001.09', xml);
  return xml;
}

function account({ accountNumber }: BankAccount): object {
  return { Id: { Othr: { Id: accountNumber } }, Ccy: 'CNY' };
}

function agent({ bankCode }: BankAccount): object {
  return { FinInstnId: { ClrSysMmbId: { ClrSysId: { Cd: 'CNAPS' }, MmbId: bankCode } } };
}

/**
 * Text as it stands. The XML builder decodes `&amp;` when it takes a text and leaves anything of the form `&…;` alone when it
 * writes one, so an ampersand must be written out for both steps. Line ends and other control characters would not come back
 * as they were sent.
 */
function literal(text: string): string {
  if (/\p{Cc}/u.test(text) || text.trim() === '') throw new RangeError('a name or remittance is empty or holds control characters');
  return text.replaceAll('&', '&amp;amp;');
}

function chinaDateTime(nowMs: number): string {
  return `${new Date(nowMs + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`;
}
