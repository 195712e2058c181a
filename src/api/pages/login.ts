import { inTransaction } from '../../database/connect';
import { audit } from '../../audit/append';
import { DomainError, type DomainErrorCode } from '../../domain/errors';
import { auditName } from '../../access/actors';
import { logIn, logOut } from '../../access/sessions';
import { html } from './html';
import type { Page } from './layout';
import type { PageRouter } from './serve';
import type { TextKey } from './text/catalogue';
import { dropSession, homeOf, keepSession } from './session';
import type { Pages, Visit } from './visit';

/** @returns an address of this site, or null for anything that leads elsewhere. */
export function safeNext(next: unknown): string | null {
  if (typeof next !== 'string' || !/^\/(?![/\\])[\w\-./]*(\?[\w\-.=&%]*)?$/.test(next)) return null;
  return next.startsWith('/login') || next.startsWith('/logout') ? null : next;
}

/** What is said to who was not let in. */
const WRONG: Readonly<Partial<Record<DomainErrorCode, { readonly status: number; readonly words: TextKey }>>> = {
  'auth.bad_credentials': { status: 401, words: 'login.wrong' },
  'auth.code_required': { status: 401, words: 'login.code.needed' },
  'auth.bad_code': { status: 401, words: 'login.code.wrong' },
  'auth.locked': { status: 429, words: 'login.locked' },
};

/** Log-in and log-out. */
export function mountLogin(pages: PageRouter, { db, config, personalData }: Pages): void {
  const signOn = config.oidc !== null;
  pages.open('/login', async (visit, req) => {
    if (visit.session) return { to: homeOf(visit.session.actor) };
    const next = safeNext(req.query.next);
    return loginPage(visit, { next, notice: next === null ? null : visit.t('login.needed'), signOn });
  });

  pages.openForm('/login', async (visit, form, _req, res) => {
    const next = safeNext(form.next);
    try {
      const session = await logIn(db, personalData, form.login ?? '', form.password ?? '', form.code?.trim() || undefined);
      keepSession(res, config.publicUrl, session.token, session.expiresAt);
      return { to: session.enrolsOnly ? homeOf(session) : (next ?? homeOf(session)) };
    } catch (error) {
      const wrong = error instanceof DomainError ? WRONG[error.code] : undefined;
      if (!wrong) throw error;
      return { ...loginPage(visit, { next, login: form.login ?? '', wrong: visit.t(wrong.words), signOn }), status: wrong.status };
    }
  });

  pages.form(
    '/logout',
    'session.end',
    () => '/',
    async (visit, _form, req) => {
      await inTransaction(db, async (tx) => {
        await logOut(tx, visit.session.token);
        await audit(tx, { action: 'session.ended', subject: `staff/${visit.actor.id}`, actor: auditName(visit.actor) });
      });
      dropSession(req.res!, config.publicUrl);
      return { to: '/' };
    },
  );
}

function loginPage(
  { t }: Visit,
  { next, login = '', notice, wrong, signOn }: { next: string | null; login?: string; notice?: string | null; wrong?: string; signOn: boolean },
): Page {
  return {
    title: t('login.title'),
    path: '/login',
    body: html`<div class="narrow"><h1>${t('login.title')}</h1>
${wrong && html`<div class="alert bad" role="alert"><p><a href="#login">${wrong}</a></p></div>`}
${notice && html`<p class="alert">${notice}</p>`}
<form method="post" action="/login">
${next && html`<input type="hidden" name="next" value="${next}">`}
<label for="login">${t('login.login')}</label>
<input id="login" name="login" value="${login}" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="100" required${wrong ? html` aria-invalid="true"` : null}>
<label for="password">${t('login.password')}</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="200" required${wrong ? html` aria-invalid="true"` : null}>
<label for="code">${t('login.code')} <span class="muted">${t('login.code.optional')}</span></label>
<input id="code" name="code" inputmode="numeric" pattern="[0-9]{6}" maxlength="6" autocomplete="one-time-code">
<button class="button">${t('login.submit')}</button>
<p class="muted">${t('login.hint')}</p>
</form>${signOn && html`<p><a class="button quiet" href="/login/sign-on${next && `?next=${encodeURIComponent(next)}`}">${t('login.sign-on')}</a></p>`}</div>`,
  };
}
