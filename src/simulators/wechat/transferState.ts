import type { Agenda, ClockId } from '../support/agenda';
import { DAY_MS } from '../support/time';
import type { TransferEvent, TransferFault, TransferState, TransferTerms } from './transferEvents';

export interface Transfer {
  readonly terms: TransferTerms;
  readonly billNo: string;
  readonly createdAtMs: number;
  updatedAtMs: number;
  state: TransferState;
  failReason: string | null;
}

const ENDED: ReadonlySet<TransferState> = new Set(['SUCCESS', 'FAIL', 'CANCELLED']);

const keyOf = ({ mchid, outBillNo }: { readonly mchid: string; readonly outBillNo: string }): string => `${mchid}/${outBillNo}`;

/** The transfers of the simulated WeChat Pay: what follows from its journal. */
export class TransferBook {
  readonly transfers = new Map<string, Transfer>();
  readonly names = new Map<string, string>();
  readonly faults = new Map<string, TransferFault>();

  constructor(
    private readonly agenda: Agenda,
    private readonly clockOf: (mchid: string) => ClockId,
  ) {}

  find(mchid: string, outBillNo: string): Transfer | undefined {
    return this.transfers.get(keyOf({ mchid, outBillNo }));
  }

  /** @returns the transfer that came to its end by this, as it stands then. */
  apply(event: TransferEvent): Transfer | null {
    switch (event.type) {
      case 'transfer-asked': {
        const { billNo, atMs, state, failReason } = event;
        this.transfers.set(keyOf(event), { terms: event, billNo, createdAtMs: atMs, updatedAtMs: atMs, state, failReason });
        if (state === 'WAIT_USER_CONFIRM') this.agenda.put(this.clockOf(event.mchid), `transfer/${keyOf(event)}`, atMs + DAY_MS);
        return null;
      }
      case 'transfer-moved': {
        const transfer = this.transfers.get(keyOf(event));
        if (transfer === undefined) throw new Error(`the simulator knows no transfer ${event.outBillNo}`);
        Object.assign(transfer, { state: event.state, failReason: event.failReason, updatedAtMs: event.atMs });
        const [clockId, due] = [this.clockOf(event.mchid), `transfer/${keyOf(event)}`];
        if (event.dueMs === null) this.agenda.drop(clockId, due);
        else this.agenda.put(clockId, due, event.dueMs);
        return ENDED.has(event.state) ? transfer : null;
      }
      case 'person-named':
        this.names.set(event.openid, event.name);
        return null;
      case 'transfer-fault':
        this.faults.set(keyOf(event), event);
        return null;
      case 'transfer-fault-used':
        this.useFault(keyOf(event));
        return null;
    }
  }

  private useFault(key: string): void {
    const fault = this.faults.get(key);
    if (fault !== undefined && fault.times > 1) this.faults.set(key, { ...fault, times: fault.times - 1 });
    else this.faults.delete(key);
  }
}
