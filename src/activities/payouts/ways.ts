import type { Banks, Confirmation, QueryOutcome, SubmitOutcome } from '../../adapters/payment/port';
import { type Connection, row } from '../../database/connect';
import { isWallet, type Wallet } from '../../domain/wallets';
import { keyOf } from '../../records/people';
import type { PayoutRow } from '../../records/releases';
import type { PersonalData } from '../../security/personalData';
import { custodyOf, ordersOf } from './orders';

/** How one payout is sent and asked about: at its bank, or at its wallet's channel; for ever the same. */
export interface PayoutWay {
  send(nowMs: number): Promise<SubmitOutcome>;
  ask(): Promise<QueryOutcome>;
  /** Asks to end what its receiver has not confirmed; absent where nobody confirms. */
  readonly cancel?: () => Promise<void>;
}

/** @throws when there are no keys for the payout's rail: nothing can be sent or asked, and nothing was. */
export function wayOf(connection: Connection, personalData: PersonalData, banks: Banks, payout: PayoutRow): PayoutWay {
  const { rail } = payout;
  if (!isWallet(rail)) {
    const bank = banks.of(rail);
    return {
      send: async (nowMs) => bank.submit((await ordersOf(connection, personalData, [payout], nowMs))[0]!),
      ask: async () => bank.query(payout.id, (await custodyOf(connection, payout.tenant_id)).accountNumber),
    };
  }
  const wallet = banks.wallets?.[rail];
  if (wallet === undefined) throw new Error(`this house has no channel to ${rail} wallets`);
  const merchant = (): Promise<string> => merchantAt(connection, payout.tenant_id, rail);
  const cancel = wallet.cancel;
  return {
    send: async () => wallet.submit(await walletOrderOf(connection, personalData, payout, rail)),
    ask: async () => wallet.query(payout.id, await merchant()),
    ...(cancel ? { cancel: async () => cancel(payout.id, await merchant()) } : {}),
  };
}

async function merchantAt(connection: Connection, tenantId: string, wallet: Wallet): Promise<string> {
  const column = wallet === 'wechat' ? 'merchant_id' : 'alipay_seller_id';
  return (await row<{ id: string }>(connection, `select ${column} as id from tenant where id = ?`, [tenantId]))!.id;
}

/** What the channel is asked to pay. A second sending under the same id carries the same fields. */
async function walletOrderOf(connection: Connection, personalData: PersonalData, payout: PayoutRow, rail: Wallet) {
  const facts = (await row<{
    patient_id: string;
    identity_enc: Buffer;
    holder_name_enc: Buffer;
    scene: string;
    scene_infos: { type: string; content: string }[];
  }>(
    connection,
    `select c.patient_id, w.identity_enc, w.holder_name_enc, t.scene, t.scene_infos from payee_wallet w join campaign c on c.id = w.campaign_id
       join wallet_terms t on t.tenant_id = c.tenant_id and t.wallet = w.wallet where w.id = ?`,
    [payout.wallet_id],
  ))!;
  const key = await keyOf(connection, personalData, facts.patient_id);
  return {
    payoutId: payout.id,
    amountFen: payout.net_fen,
    merchantId: await merchantAt(connection, payout.tenant_id, rail),
    identity: key.open(facts.identity_enc, 'payee-wallet.identity'),
    name: key.open(facts.holder_name_enc, 'payee-wallet.name'),
    // Not the campaign's number, which is longer than the channel takes, and never an illness.
    remark: '大病求助拨付',
    scene: facts.scene,
    sceneInfos: facts.scene_infos,
  };
}

/** Keeps what the receiver's client confirms with. */
export async function keepConfirmation(
  connection: Connection,
  personalData: PersonalData,
  payoutId: string,
  confirmation: Confirmation,
): Promise<void> {
  const sealed = personalData.sealForHouse(JSON.stringify(confirmation), 'payout.confirmation');
  await connection('payout').where('id', payoutId).update({ confirmation_enc: sealed });
}
