/** The screens, and whose they are. The API refuses everybody else whatever is shown. */
const NAVIGATION = [
  { to: '/oversight', text: 'nav.oversight', roles: ['regulator'] },
  { to: '/complaints', text: 'nav.complaints', roles: ['regulator'] },
  { to: '/queue', text: 'nav.queue', roles: ['reviewer'] },
  { to: '/batches', text: 'nav.batches', roles: ['finance-maker', 'finance-checker'] },
  { to: '/exceptions', text: 'nav.exceptions', roles: ['finance-maker', 'finance-checker', 'operator'] },
  { to: '/reconciliation', text: 'nav.reconciliation', roles: ['finance-maker', 'finance-checker', 'operator'] },
  { to: '/payouts', text: 'nav.payouts', roles: ['finance-maker', 'finance-checker'] },
  { to: '/recalls', text: 'nav.recalls', roles: ['finance-maker', 'finance-checker'] },
  { to: '/statements', text: 'nav.statements', roles: ['finance-maker', 'finance-checker'] },
  { to: '/operations', text: 'nav.operations', roles: ['operator'] },
  { to: '/audit', text: 'nav.audit', roles: ['auditor', 'regulator'] },
  { to: '/events', text: 'nav.events', roles: ['auditor', 'regulator'] },
  { to: '/reveals', text: 'nav.reveals', roles: ['auditor', 'operator'] },
  { to: '/deletions', text: 'nav.deletions', roles: ['operator', 'auditor'] },
  { to: '/conduct', text: 'nav.conduct', roles: ['reviewer', 'operator', 'auditor'] },
  { to: '/blacklist', text: 'nav.blacklist', roles: ['reviewer', 'finance-maker', 'finance-checker', 'operator', 'auditor'] },
  { to: '/editions', text: 'nav.editions', roles: ['reviewer', 'operator', 'auditor'] },
  { to: '/staff', text: 'nav.staff', roles: ['administrator', 'auditor'] },
  { to: '/keys', text: 'nav.keys', roles: ['administrator', 'auditor'] },
] as const;

/** @returns the screens of a role, the one that it begins with first. */
export const screensOf = (role: string): readonly (typeof NAVIGATION)[number][] =>
  NAVIGATION.filter((entry) => entry.roles.some((each) => each === role));
