import { shareOf } from './money';

/** A platform's published fee schedule (FEES): what is charged of each withdrawn amount. */
export interface FeeSchedule {
  readonly serviceBp: number;
  /** The most that the service fee of one campaign may come to, over all its withdrawals. */
  readonly serviceCapFen: bigint;
  readonly channelBp: number;
}

export interface Fee {
  readonly serviceFen: bigint;
  readonly channelFen: bigint;
  readonly feeFen: bigint;
  readonly netFen: bigint;
}

/**
 * FEES: charged only as shown. Service fee and channel fee are each rounded down to the fen; the service fee stops at the campaign's cap.
 * @param grossFen the withdrawn amount.
 * @param serviceChargedFen service fees of this campaign charged before.
 */
export function feeOf(grossFen: bigint, schedule: FeeSchedule, serviceChargedFen: bigint): Fee {
  const room = schedule.serviceCapFen > serviceChargedFen ? schedule.serviceCapFen - serviceChargedFen : 0n;
  const full = shareOf(grossFen, schedule.serviceBp);
  const serviceFen = full < room ? full : room;
  const channelFen = shareOf(grossFen, schedule.channelBp);
  const feeFen = serviceFen + channelFen;
  return { serviceFen, channelFen, feeFen, netFen: grossFen - feeFen };
}
