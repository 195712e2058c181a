import { inTransaction } from '../../database/connect';
import { audit } from '../../audit/append';
import { DomainError } from '../../domain/errors';
import { auditName } from '../../access/actors';
import { logOut } from '../../access/sessions';
import { beginSession } from '../routes/sessions';
import { html } from './html';
import type { Page } from './layout';
import type { PageRouter } from './serve';
import { dropSession, HOMES, keepSession } from './session';
import type { Pages, Visit } from './visit';

/** @returns a path of this site, or null for anything that leads elsewhere. */
export function safeNext(next: unknown): string | null {
  if (typeof next !== 'string' || !/^\/(?![/\\])[\w\-./]*$/.test(next)) return null;
  return next.startsWith('/login') || next.startsWith('/logout') ? null : next;
}

/** Log-in and log-out. */
export function mountLogin(pages: PageRouter, { db, config }: Pages): void {
  pages.open('/login', async (visit, req) => {
    if (visit.session) return { to: HOMES[visit.session.actor.role] ?? '/' };
    const next = safeNext(req.query.next);
    return loginPage(visit, { next, notice: next === null ? null : visit.t('login.needed') });
  });

  pages.openForm('/login', async (visit, form, _req, res) => {
    const next = safeNext(form.next);
    try {
      const session = await inTransaction(db, (tx) => beginSession(tx, form.login ?? '', form.password ?? ''));
      keepSession(res, config.publicUrl, session.token, session.expiresAt);
      return { to: next ?? HOMES[session.role] ?? '/' };
    } catch (error) {
      if (!(error instanceof DomainError && error.code === 'auth.bad_credentials')) throw error;
      return { ...loginPage(visit, { next, login: form.login ?? '', wrong: visit.t('login.wrong') }), status: 401 };
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
  { next, login = '', notice, wrong }: { next: string | null; login?: string; notice?: string | null; wrong?: string },
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
<button class="button">${t('login.submit')}</button>
<p class="muted">${t('login.hint')}</p>
</form></div>`,
  };
}
