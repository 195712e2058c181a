import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { answer, api } from '../client/client';
import { useLive } from '../client/live';
import { wordOf, type TextKey, useText } from '../text/catalogue';
import icon from '../icon.svg';
import { Finder } from './finder';
import { useKeySheet } from './keys';
import { type Me, useMe } from './me';
import { prefer, type Theme, usePreferences } from './preferences';
import { Tour } from './tour';
import { Views } from './views';

interface Entry {
  readonly to:
    | '/queue'
    | '/batches'
    | '/exceptions'
    | '/reconciliation'
    | '/payouts'
    | '/recalls'
    | '/statements'
    | '/operations'
    | '/audit'
    | '/events'
    | '/reveals'
    | '/conduct'
    | '/blacklist'
    | '/editions'
    | '/staff'
    | '/keys';
  readonly text: TextKey;
  readonly roles: readonly Me['role'][];
}

/** The screens, and whose they are. The API refuses everybody else whatever is shown. */
const NAVIGATION: readonly Entry[] = [
  { to: '/queue', text: 'nav.queue', roles: ['reviewer'] },
  { to: '/batches', text: 'nav.batches', roles: ['finance-maker', 'finance-checker'] },
  { to: '/exceptions', text: 'nav.exceptions', roles: ['finance-maker', 'finance-checker', 'operator'] },
  { to: '/reconciliation', text: 'nav.reconciliation', roles: ['finance-maker', 'finance-checker', 'operator'] },
  { to: '/payouts', text: 'nav.payouts', roles: ['finance-maker', 'finance-checker'] },
  { to: '/recalls', text: 'nav.recalls', roles: ['finance-maker', 'finance-checker'] },
  { to: '/statements', text: 'nav.statements', roles: ['finance-maker', 'finance-checker'] },
  { to: '/operations', text: 'nav.operations', roles: ['operator'] },
  { to: '/audit', text: 'nav.audit', roles: ['auditor'] },
  { to: '/events', text: 'nav.events', roles: ['auditor'] },
  { to: '/reveals', text: 'nav.reveals', roles: ['auditor', 'operator'] },
  { to: '/conduct', text: 'nav.conduct', roles: ['reviewer', 'operator', 'auditor'] },
  { to: '/blacklist', text: 'nav.blacklist', roles: ['reviewer', 'finance-maker', 'finance-checker', 'operator', 'auditor'] },
  { to: '/editions', text: 'nav.editions', roles: ['reviewer', 'operator', 'auditor'] },
  { to: '/staff', text: 'nav.staff', roles: ['administrator', 'auditor'] },
  { to: '/keys', text: 'nav.keys', roles: ['administrator', 'auditor'] },
];

/** @returns the screens of a role, the one that it begins with first. */
export const screensOf = (role: Me['role']): readonly Entry[] => NAVIGATION.filter((entry) => entry.roles.includes(role));

/** The frame around every screen. */
export function Layout(): ReactNode {
  const t = useText();
  const me = useMe();
  const path = useRouterState({ select: (state) => state.location.pathname });
  return (
    <>
      <a className="skip" href="#content">
        {t('shell.skip')}
      </a>
      <header className="top">
        <span className="brand">
          <img src={icon} alt="" width="26" height="26" /> Almoner <span className="muted">{t('shell.title')}</span>
        </span>
        <nav aria-label={t('shell.nav')}>
          {me &&
            screensOf(me.role).map((entry) => (
              <Link
                key={entry.to}
                to={entry.to}
                {...(path.startsWith(entry.to) || (entry.to === '/queue' && path.startsWith('/cases')) ? { 'aria-current': 'page' as const } : {})}
              >
                {t(entry.text)}
              </Link>
            ))}
        </nav>
        <Tools me={me} />
      </header>
      <main id="content" tabIndex={-1}>
        {me && <Tour key={me.role} role={me.role} />}
        <Outlet />
      </main>
    </>
  );
}

function Tools({ me }: { readonly me: Me | undefined }): ReactNode {
  const t = useText();
  const { language, theme } = usePreferences();
  const live = useLive();
  const showKeys = useKeySheet();
  const leave = async (): Promise<void> => {
    const { sessions } = (await answer(api.GET('/v1/me/sessions'))) as unknown as { sessions: { id: string; isThis: boolean }[] };
    const here = sessions.find((each) => each.isThis);
    if (here) await answer(api.POST('/v1/me/sessions/{id}/end', { params: { path: { id: here.id } } }));
    location.assign(`/login?lang=${language}`);
  };
  return (
    <div className="tools">
      <span role="status" data-live={live}>
        {live === 'lost' && t('shell.lost')}
      </span>
      {me && <Finder me={me} />}
      {me && <Views />}
      {me && (
        <span className="who">
          {me.name}
          <span className="muted"> · {wordOf(t, 'role', me.role)}</span>
        </span>
      )}
      <button type="button" className="link" onClick={showKeys} aria-label={t('keys.title')} title={t('keys.hint')}>
        ?
      </button>
      <select aria-label={t('shell.theme')} value={theme} onChange={(event) => prefer({ theme: event.target.value as Theme })}>
        <option value="system">{t('shell.theme.system')}</option>
        <option value="light">{t('shell.theme.light')}</option>
        <option value="dark">{t('shell.theme.dark')}</option>
      </select>
      <button
        type="button"
        className="link"
        lang={language === 'zh' ? 'en' : 'zh-CN'}
        onClick={() => prefer({ language: language === 'zh' ? 'en' : 'zh' })}
      >
        {t('shell.language')}
      </button>
      <button type="button" className="link" onClick={() => void leave()}>
        {t('shell.logout')}
      </button>
    </div>
  );
}
