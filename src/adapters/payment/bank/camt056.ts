import { create } from 'xmlbuilder2';
import type { RecallOrder, RecallReason } from '../port';
import { yuan } from './amount';
import type { BankLinkConfig } from './config';
import { account, agent, chinaDateTime, idsOf, literal } from './pain001';
import { assertValid } from './schemas';

/** ExternalCancellationReason1Code. */
const REASONS: Readonly<Record<RecallReason, string>> = {
  duplicate: 'DUPL',
  fraud: 'FRAD',
  'wrong-account': 'AC03',
  'wrong-amount': 'AM09',
  'not-due': 'UPAY',
};

/**
 * Builds the camt.056.001.09 that asks for one payout back, and validates it against the official schema. CxlId = recall id (the idempotency key); the payout is
 * named by the ids of its order, by its amount and by the day of its debit.
 * @returns XML. @throws {RangeError | MessageError} when the recall has no valid form: nothing was sent.
 */
export async function buildCamt056(recall: RecallOrder, initiatingParty: BankLinkConfig['initiatingParty'], nowMs: number): Promise<string> {
  const { recallId, payoutId, amountFen, custody, bookedOn, reason } = recall;
  for (const id of [recallId, payoutId]) if (!/^[0-9A-Z]{26}$/.test(id)) throw new RangeError('an id has 26 characters of 0-9 A-Z');
  const xml = create(
    { version: '1.0', encoding: 'UTF-8' },
    {
      Document: {
        '@xmlns': 'urn:iso:std:iso:20022:tech:xsd:camt.056.001.09',
        FIToFIPmtCxlReq: {
          Assgnmt: {
            Id: `R${recallId}`,
            Assgnr: { Pty: { Nm: literal(initiatingParty.name), Id: { OrgId: { Othr: { Id: initiatingParty.uscc } } } } },
            Assgne: { Agt: agent(custody) },
            CreDtTm: chinaDateTime(nowMs),
          },
          Undrlyg: {
            TxInf: {
              CxlId: recallId,
              OrgnlInstrId: payoutId,
              OrgnlEndToEndId: payoutId,
              OrgnlUETR: idsOf(payoutId).uetr,
              OrgnlIntrBkSttlmAmt: { '@Ccy': 'CNY', '#': yuan(amountFen) },
              OrgnlIntrBkSttlmDt: bookedOn,
              CxlRsnInf: { Rsn: { Cd: REASONS[reason] } },
              OrgnlTxRef: { DbtrAcct: account(custody) },
            },
          },
        },
      },
    },
  ).end();
  await assertValid('camt.056.001.09', xml);
  return xml;
}
