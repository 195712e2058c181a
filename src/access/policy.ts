import { createMongoAbility, type MongoAbility, type RawRuleOf, subject } from '@casl/ability';
import { DomainError } from '../domain/errors';
import { type Actor, PERSONS, type Role } from './actors';

/** Who may be named by the policy: a role, or everybody without a key or log-in. */
type Asker = Role | 'public';

const LOOKERS = ['platform', 'reviewer', 'finance-maker', 'finance-checker', 'operator', 'auditor'] as const;
const JUDGES = ['reviewer', 'operator'] as const;
const FINANCE = ['finance-maker', 'finance-checker'] as const;

/**
 * Who may what: the one table. What an act does not name, nobody may; who is not named beside it may not. How far a role reaches (own tenant, own
 * institution, all) is in `reachOf`. The administrator's row of acts is staff and keys alone: no money, no decision, nothing of a person.
 */
export const POLICY = {
  'session.begin': ['public'],
  'session.end': PERSONS,
  'me.read': PERSONS,
  'me.change-log-in': PERSONS,
  'me.keep-views': PERSONS,
  'step-up.make': PERSONS,
  'public.read': ['public'],
  'public.complain': ['public'],
  'public.appeal': ['public'],
  'public.ask-back': ['public'],

  'campaign.submit': ['platform'],
  'campaign.read': [...LOOKERS, 'regulator'],
  'campaign.publish': ['platform'],
  'campaign.close': ['platform'],
  'campaign.extend': ['platform'],
  'campaign.update': ['platform'],
  'campaign.record-contact': ['platform'],
  'campaign.record-signature': ['platform'],
  'campaign.resolve-identity': ['reviewer'],
  'campaign.decide': ['reviewer'],
  'campaign.withdraw-item': JUDGES,
  'document.file': ['platform'],
  'document.list': LOOKERS,
  'document.view': [...JUDGES, ...FINANCE],
  // Finance pays on a masked account whose name the bank checked; nobody but these two needs more than a mask.
  'person.read': [...JUDGES, ...FINANCE, 'auditor'],
  'person.reveal': JUDGES,
  'person.ask-deletion': ['operator'],
  'person.decide-deletion': ['operator'],
  'deletion.read': ['operator', 'auditor'],
  'reveal.read': ['operator', 'auditor'],
  'claim.read': ['platform', ...JUDGES, 'auditor'],
  'claim.judge': ['reviewer'],
  'review-queue.read': ['reviewer'],
  'review-queue.claim': ['reviewer'],
  'search.use': ['reviewer', ...FINANCE, 'operator', 'auditor'],
  'live.read': ['reviewer', ...FINANCE, 'operator', 'auditor'],
  'timeline.read': [...JUDGES, ...FINANCE, 'auditor'],
  'evidence-request.make': ['reviewer'],
  'evidence-request.read': ['platform', ...JUDGES, 'auditor'],
  'evidence-request.answer': ['platform'],
  'evidence-request.withdraw': ['reviewer'],
  'expense.file': ['platform'],
  'expense.read': ['reviewer', 'auditor'],
  'expense.reconcile': ['reviewer'],
  'payee.change': ['platform'],
  'payee.file-account': ['platform'],
  'payee.accept-account': ['reviewer'],
  'payee.file-wallet': ['platform'],
  'payee.accept-wallet': ['reviewer'],
  'gift.take': ['platform'],
  'gift.ask-back': ['platform'],

  'release.request': ['platform'],
  'release.read': [...LOOKERS, 'regulator'],
  'release.review': ['reviewer'],
  'release.see-sheet': [...JUDGES, ...FINANCE],
  'release.see-waiting': FINANCE,
  'release.propose': ['finance-maker'],
  'release.sign': ['finance-checker'],
  'payout-batch.read': [...JUDGES, ...FINANCE, 'auditor'],
  'payout-batch.make': ['finance-maker'],
  'payout-batch.sign': ['finance-checker'],
  'relation.declare': [...JUDGES, ...FINANCE],
  'evidence.file': ['platform'],
  'evidence.decide': ['reviewer'],
  'payout.confirmation': ['platform'],
  'payout.read': ['hospital', 'hospital-person'],
  'payout.sign-for': ['hospital', 'hospital-person'],
  'surplus.announce': ['hospital', 'hospital-person'],
  'invoice.file': ['platform', 'hospital', 'hospital-person'],
  'invoice.withdraw': ['hospital', 'hospital-person'],
  // Its lines say what was bought: medical words.
  'invoice.read': ['hospital', 'hospital-person', 'reviewer', 'auditor'],

  'complaint.file': ['platform', 'operator'],
  'complaint.list': [...LOOKERS, 'regulator'],
  'complaint.oversee': ['regulator'],
  'complaint.read': JUDGES,
  'complaint.judge': JUDGES,
  'complaint.appeal': ['platform'],
  'refund.list': LOOKERS,
  'refund.read': [...LOOKERS, 'regulator'],
  'refund.decide': JUDGES,
  'death.report': ['platform', 'operator'],
  'death.read': [...LOOKERS, 'regulator'],
  'death.decide': JUDGES,
  'surplus.declare': JUDGES,

  'promoter.register': ['platform'],
  'promoter.read': ['platform', ...JUDGES, 'auditor'],
  'promoter.change': ['platform'],
  'conduct.open': ['platform', ...JUDGES],
  'conduct.list': ['platform', ...JUDGES, 'auditor'],
  'conduct.read': JUDGES,
  'conduct.decide': ['operator'],
  'conduct.appeal': ['platform'],
  'conduct.decide-appeal': JUDGES,
  'referral.read': ['platform', 'operator', 'auditor'],
  'referral.consent': ['platform'],
  'referral.refer': ['platform', 'operator'],
  'referral.answer': ['platform', 'operator'],
  'blacklist.list': ['reviewer'],
  'blacklist.read': LOOKERS,
  'blacklist.appeal': ['platform'],
  'blacklist.read-appeal': ['reviewer'],
  'blacklist.decide-appeal': ['reviewer'],

  'exception.read': [...FINANCE, 'operator', 'auditor'],
  'exception.act': [...FINANCE, 'operator'],
  'card-refund.confirm': FINANCE,
  'recall.read': [...FINANCE, 'operator', 'auditor'],
  'recall.ask': FINANCE,
  'recall.confirm': ['finance-checker'],
  // What belongs to no platform is nobody's of a platform to see.
  'exception.oversee': ['regulator'],
  'payout.list': [...FINANCE, 'operator', 'auditor'],
  'statement.read': ['platform', ...FINANCE, 'operator', 'auditor', 'regulator'],

  'operation.read': ['operator', 'auditor'],
  'operation.redrive': ['operator'],

  'event.read': ['platform'],
  'audit.read': ['auditor', 'regulator'],
  'audit.verify': ['auditor', 'regulator'],
  'tenant.read': ['regulator'],
  'staff.read': ['administrator', 'auditor'],
  'staff.add': ['administrator'],
  'staff.change': ['administrator'],
  'key.read': ['administrator', 'auditor'],
  'key.issue': ['administrator'],
  'key.end': ['administrator'],
  'sponsor-key.renew': ['platform', 'operator'],
  'sponsor-key.revoke': ['platform', 'operator'],
  'sandbox.use': ['sandbox'],
} as const satisfies Readonly<Record<string, readonly Asker[]>>;

/** Something that may be done: `subject.verb`. Every route and every page names one. */
export type Act = keyof typeof POLICY;

/** What an API key may be narrowed to. Each act of a key's role lies in exactly one. */
export const SCOPES = {
  read: [
    'campaign.read',
    'document.list',
    'claim.read',
    'evidence-request.read',
    'release.read',
    'complaint.list',
    'refund.list',
    'refund.read',
    'death.read',
    'promoter.read',
    'conduct.list',
    'referral.read',
    'blacklist.read',
    'event.read',
    'payout.read',
    'invoice.read',
    'statement.read',
  ],
  'campaigns:write': [
    'campaign.submit',
    'campaign.publish',
    'campaign.close',
    'campaign.extend',
    'campaign.update',
    'document.file',
    'evidence-request.answer',
    'death.report',
    'sponsor-key.renew',
    'sponsor-key.revoke',
  ],
  'gifts:write': ['gift.take', 'gift.ask-back'],
  'releases:write': [
    'release.request',
    'evidence.file',
    'expense.file',
    'payee.change',
    'payee.file-account',
    'payee.file-wallet',
    'payout.confirmation',
    'campaign.record-contact',
    'campaign.record-signature',
  ],
  'complaints:write': ['complaint.file', 'complaint.appeal', 'blacklist.appeal'],
  'conduct:write': ['promoter.register', 'promoter.change', 'conduct.open', 'conduct.appeal'],
  'referrals:write': ['referral.consent', 'referral.refer', 'referral.answer'],
  'invoices:write': ['invoice.file', 'invoice.withdraw'],
  'receipts:write': ['payout.sign-for', 'surplus.announce'],
} as const satisfies Readonly<Record<string, readonly Act[]>>;
/** A key's scope by its name. */
export type Scope = keyof typeof SCOPES;

/** @returns the scopes that say something about a role's acts. */
export function scopesOf(role: Role): Scope[] {
  const acts = actsOf(role);
  return (Object.keys(SCOPES) as Scope[]).filter((scope) => actsIn(scope).some((act) => acts.includes(act)));
}

/** @returns the acts of a scope; none for a name that is no scope. */
const actsIn = (scope: string): readonly Act[] => (SCOPES as Readonly<Record<string, readonly Act[]>>)[scope] ?? [];

/** To whom an object belongs. */
export interface Owner {
  readonly tenantId: string | null;
  readonly institutionId: string | null;
  /** Whether its tenant is one of the sandbox. */
  readonly sandbox: boolean;
}

type Ability = MongoAbility<[string, string | (Owner & { readonly __caslSubjectType__: string })]>;

/**
 * The policy's rules for one actor, as CASL's plain data: what the house asks itself, and what a console may be given to show only what works.
 * @returns no rule at all for who belongs nowhere that their role reaches: default deny.
 */
export function rulesOf(actor: Pick<Actor, 'role' | 'tenantId' | 'institutionId' | 'scopes'>): RawRuleOf<Ability>[] {
  const conditions = reachOf(actor);
  if (conditions === null) return [];
  return actsOf(actor.role)
    .filter((act) => actor.scopes === null || actor.scopes.some((scope) => actsIn(scope).includes(act)))
    .map((act) => ({ ...partsOf(act), ...(conditions === 'everything' ? {} : { conditions }) }) as RawRuleOf<Ability>);
}

/** @returns whether an actor may do an act at all; with an owner: upon something of theirs. */
export function may(actor: Actor, act: Act, owner?: Owner): boolean {
  const ability = createMongoAbility<Ability>(rulesOf(actor));
  const { action, subject: kind } = partsOf(act);
  // A copy, because CASL marks what it is asked about.
  return ability.can(action, owner === undefined ? kind : (subject(kind, { ...owner }) as never));
}

/** @throws {DomainError} auth.forbidden unless the actor may do the act; the sentence names who may, or the scopes that a key lacks. */
export function mustBeAllowed(actor: Actor, act: Act): void {
  if (may(actor, act)) return;
  const roles: readonly Asker[] = POLICY[act];
  if (roles.includes(actor.role) && actor.scopes !== null) {
    const scope = Object.keys(SCOPES).find((name) => actsIn(name).includes(act)) ?? 'none';
    throw new DomainError('auth.forbidden', { zh: `此密钥没有 ${scope} 范围的权限`, en: `This key has no scope ${scope}` });
  }
  throw new DomainError('auth.forbidden', {
    zh: `角色 ${actor.role} 无权进行此操作；有权的角色：${roles.join('、')}`,
    en: `The role ${actor.role} may not do this; ${roles.join(', ')} may`,
  });
}

/** @returns whether everybody may, without a key or log-in. */
export function isPublic(act: Act): boolean {
  return (POLICY[act] as readonly Asker[]).includes('public');
}

/** @returns every act of a role. */
export function actsOf(role: Asker): Act[] {
  return (Object.keys(POLICY) as Act[]).filter((act) => (POLICY[act] as readonly Asker[]).includes(role));
}

function partsOf(act: Act): { readonly action: string; readonly subject: string } {
  const [kind, verb] = act.split('.') as [string, string];
  return { action: verb, subject: kind };
}

/** How far a role reaches. Null: nowhere, which only a row that contradicts its role would give. */
function reachOf({ role, tenantId, institutionId }: Pick<Actor, 'role' | 'tenantId' | 'institutionId'>): Partial<Owner> | 'everything' | null {
  if (role === 'regulator') return 'everything';
  if (role === 'sandbox') return { sandbox: true };
  if (role === 'hospital' || role === 'hospital-person') return institutionId === null ? null : { institutionId };
  // An administrator belongs to a platform or to a hospital.
  if (role === 'administrator' && institutionId !== null) return { institutionId };
  return tenantId === null ? null : { tenantId };
}
