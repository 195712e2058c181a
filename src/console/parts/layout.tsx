import { Outlet } from '@tanstack/react-router';
import { type ReactNode, useId } from 'react';
import { answer, api } from '../client/client';
import { useLive } from '../client/live';
import { useText, wordOf } from '../text/catalogue';
import icon from '../icon.svg';
import { Finder } from './finder';
import { useKeySheet } from './keys';
import { type Me, useMe } from './me';
import { Menu } from './menu';
import { Nav } from './nav';
import { type Language, prefer, type Theme, usePreferences } from './preferences';
import { Tour } from './tour';
import { Views } from './views';

/** The frame around every screen. */
export function Layout(): ReactNode {
  const t = useText();
  const me = useMe();
  return (
    <>
      <a className="skip" href="#content">
        {t('shell.skip')}
      </a>
      <header className="top">
        <span className="brand">
          <img src={icon} alt="" width="26" height="26" /> <span className="word">Almoner</span> <span className="muted">{t('shell.title')}</span>
        </span>
        {me && <Nav key={me.role} role={me.role} />}
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
  const { language } = usePreferences();
  const live = useLive();
  const showKeys = useKeySheet();
  return (
    <div className="tools">
      <span role="status" data-live={live}>
        {live === 'lost' && t('shell.lost')}
      </span>
      {me && <Finder me={me} />}
      {me && <Views />}
      <button type="button" className="link" onClick={showKeys} aria-label={t('keys.title')} title={t('keys.hint')}>
        ?
      </button>
      <button
        type="button"
        className="link"
        lang={language === 'zh' ? 'en' : 'zh-CN'}
        onClick={() => prefer({ language: language === 'zh' ? 'en' : 'zh' })}
      >
        {t('shell.language')}
      </button>
      {me && <Account me={me} />}
    </div>
  );
}

/** Who is logged in: shortened in the head, whole in its menu, with what belongs to the person. */
function Account({ me }: { readonly me: Me }): ReactNode {
  const t = useText();
  const id = useId();
  const { language, theme } = usePreferences();
  const role = wordOf(t, 'role', me.role);
  return (
    <Menu
      className="account"
      name={`${me.name} · ${role}`}
      label={
        <>
          <span className="who">{me.name}</span>
          <span className="muted">
            {' '}
            · {role} <span aria-hidden="true">▾</span>
          </span>
        </>
      }
    >
      {() => (
        <>
          <p>
            <strong>{me.name}</strong>
            <br />
            <span className="muted">{role}</span>
          </p>
          <label htmlFor={id}>{t('shell.theme')}</label>
          <select id={id} value={theme} onChange={(event) => prefer({ theme: event.target.value as Theme })}>
            <option value="system">{t('shell.theme.system')}</option>
            <option value="light">{t('shell.theme.light')}</option>
            <option value="dark">{t('shell.theme.dark')}</option>
          </select>
          <button type="button" className="link" onClick={() => void leave(language)}>
            {t('shell.logout')}
          </button>
        </>
      )}
    </Menu>
  );
}

/** Ends this log-in, and leads to the next. */
async function leave(language: Language): Promise<void> {
  const { sessions } = (await answer(api.GET('/v1/me/sessions'))) as unknown as { sessions: { id: string; isThis: boolean }[] };
  const here = sessions.find((each) => each.isThis);
  if (here) await answer(api.POST('/v1/me/sessions/{id}/end', { params: { path: { id: here.id } } }));
  location.assign(`/login?lang=${language}`);
}
