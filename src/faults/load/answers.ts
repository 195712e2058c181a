/** What the house answers, as far as the load reads it. Fen are decimal strings. */

interface Login {
  readonly login: string;
  readonly password: string;
}

export interface Tenant {
  readonly tenantId: string;
  readonly clockId: string;
  readonly now: string;
  readonly platformKey: string;
  readonly logins: Readonly<Record<'reviewer' | 'operator' | 'maker' | 'checkerA' | 'checkerB', Login>>;
}

export interface Institution {
  readonly name: string;
  readonly uscc: string;
  readonly hospitalKey: string;
  readonly account: { readonly number: string; readonly name: string; readonly bankCode: string };
}

export interface Release {
  readonly id: string;
  readonly batch: number;
  readonly stage: string;
  readonly stageSince: string;
  readonly checkers: number;
  readonly approval: { readonly digest: string } | null;
  readonly evidencedFen: string;
  readonly evidenceAwaitingDecision: readonly { readonly id: string }[];
  readonly payouts: readonly { readonly id: string; readonly state: string; readonly netFen: string }[];
}

export interface Campaign {
  readonly id: string;
  readonly phase: string;
  readonly now: string;
  readonly report: { readonly verdict: string } | null;
  readonly identity: Readonly<Record<'patient' | 'sponsor', { readonly verdict: string | null; readonly resolution: string | null } | null>> | null;
  readonly decision: { readonly decision: string } | null;
  readonly money: { readonly raisedFen: string };
  readonly payeeAccount: { readonly status: string; readonly version: number; readonly nameCheck: string | null } | null;
  readonly duties: readonly { readonly kind: string; readonly dueAt: string; readonly doneAt: string | null }[];
  readonly rights: { readonly donor: number };
  readonly fees: { readonly version: number };
  readonly requests: readonly { readonly outcome: string }[];
  readonly releases: readonly Release[];
  readonly stoppedBy: readonly string[];
}

export interface Gift {
  readonly id: string;
  readonly amountFen: string;
  readonly status: string;
  readonly codeUrl: string | null;
}
