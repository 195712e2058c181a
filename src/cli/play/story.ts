import type { KeyObject } from 'node:crypto';
import type { Institution, Tenant } from './answers';
import type { Api, Caller } from './api';
import type { CaseFile } from './caseFile';
import type { DocumentRef } from './documents';
import type { Account } from './persons';
import type { Progress } from './progress';
import type { Staff } from './staff';
import type { StoryClock } from './storyClock';

/** Everything that the people of one play know and have in their hands. */
export type Story = {
  readonly theCase: CaseFile;
  readonly api: Api;
  readonly clock: StoryClock;
  readonly progress: Progress;
  /** How many of a hundred gifts come by Alipay, the others by WeChat Pay; left out, none. */
  readonly alipayPercent?: number | undefined;
  readonly tenant: Tenant;
  readonly sandbox: Caller;
  readonly platform: Caller;
  readonly staff: Staff;
  readonly hospital: { readonly institution: Institution; readonly receiptKey: KeyObject };
  /** Where the payee wants the money; the institution's own where the payee is an institution, null where that is not registered. */
  readonly account: Account | null;
  readonly documents: ReadonlyMap<string, DocumentRef>;
  readonly campaignId: string;
  /** What was done once and is not done again, by a name of its own. */
  readonly done: Set<string>;
};

/** What someone did: nothing; something whose consequences must settle before looking again; something that needs no settling. */
export type Deed = 'nothing' | 'settle' | 'look';

/** Does a thing unless it was done before under this name. @returns what its consequences need */
export async function once({ done }: Story, name: string, deed: () => Promise<unknown>): Promise<Deed> {
  if (done.has(name)) return 'nothing';
  done.add(name);
  await deed();
  return 'settle';
}
