/** A case as it lies in a file; `cases/case.schema.json` is its definition. Money is a decimal string of fen. */

export type Edition = 'convention-1.0' | 'convention-2.0' | 'measures-2024';
export type RealName = 'match' | 'mismatch' | 'no-record';
export type ReleaseMode = 'single' | 'hospital-direct' | 'batched';
export type CasePhase =
  | 'prior-audit'
  | 'certificate-publicity'
  | 'fundraising'
  | 'settlement'
  | 'release-publicity'
  | 'approval'
  | 'transfer'
  | 'supervision';

type EventAt = { phase: CasePhase; after_hours: number };

export type CaseEvent =
  | { type: 'complaint'; at: EventAt; admissible: boolean; verdict: 'upheld' | 'dismissed' }
  | { type: 'sponsor-close'; at: EventAt }
  | { type: 'patient-died'; at: EventAt }
  | { type: 'bank-return' | 'bank-answer-lost' | 'worker-killed'; payout: number };

export type CaseFile = {
  case: string;
  title?: string;
  source?: string;
  edition: Edition;
  platform: string;
  ask_fen: string;
  earlier_raises?: { platform: string; ask_fen: string; raised_fen: string; status: string }[];
  sponsor: { relation: string; real_name: RealName; reviewer_resolves?: boolean; blacklisted?: boolean };
  patient: { real_name: RealName; reviewer_resolves?: boolean; age?: number };
  payee: { kind: string; blacklisted?: boolean };
  hospital: { registered: boolean; qualified: boolean; whitelisted: boolean };
  documents: string[];
  published: 'all' | string[];
  confirmers?: number;
  donations: { count: number; total_fen: string; seed?: number; over_hours?: number };
  release?: { wish: ReleaseMode; fallback?: ReleaseMode; batches?: number[] };
  fees?: { service_bp: number; service_cap_fen: string; channel_bp: number };
  events?: CaseEvent[];
  hospital_receipt?: 'confirm' | 'silent' | 'deny';
  expect: Record<string, unknown>;
};
