import { IdentityProvider, type OidcFlow } from '../../access/oidc';
import { logInBySubject } from '../../access/sessions';
import { DomainError } from '../../domain/errors';
import { readCookie, setCookie } from './cookies';
import { html } from './html';
import { safeNext } from './login';
import type { PageRouter } from './serve';
import { homeOf, keepSession } from './session';
import type { Pages } from './visit';

const COOKIE = 'almoner_sign_on';
const PURPOSE = 'sign-on.flow';
/** How long a person may take at their provider, ms. */
const FLOW_MS = 600_000;

/** Single sign-on, where it is set up: to the provider and back. */
export function mountSignOn(pages: PageRouter, { db, config, personalData }: Pages): void {
  if (!config.oidc) return;
  const provider = new IdentityProvider(config.oidc, `${config.publicUrl}/login/sign-on/back`);
  const secure = config.publicUrl.startsWith('https:');

  pages.open('/login/sign-on', async (_visit, req, res) => {
    const { url, flow } = await provider.begin(safeNext(req.query.next));
    const sealed = personalData.sealForHouse(JSON.stringify({ ...flow, until: Date.now() + FLOW_MS }), PURPOSE).toString('base64url');
    // Lax: the provider's redirect brings it back.
    setCookie(res, COOKIE, sealed, { maxAgeMs: FLOW_MS, sameSite: 'Lax', secure });
    return { to: url };
  });

  pages.open('/login/sign-on/back', async (visit, req, res) => {
    const flow = flowOf(readCookie(req, COOKIE));
    setCookie(res, COOKIE, '', { maxAgeMs: 0, sameSite: 'Lax', secure });
    const session = await logInBySubject(db, await provider.finish(req.url.slice(req.path.length), flow));
    keepSession(res, config.publicUrl, session.token, session.expiresAt);
    const next = flow.next ?? homeOf(session);
    // A redirect would still be the provider's navigation, on which browsers hold back a cookie that is SameSite=Strict: the way on starts from a page of ours.
    return {
      title: visit.t('login.title'),
      refreshTo: next,
      body: html`<div class="narrow"><h1>${visit.t('login.done')}</h1><p><a class="button" href="${next}">${visit.t('login.on')}</a></p></div>`,
    };
  });

  /** @throws {DomainError} auth.bad_credentials for a flow that is none of ours, or too old. */
  function flowOf(cookie: string | null): OidcFlow {
    try {
      const flow = JSON.parse(personalData.openForHouse(Buffer.from(cookie ?? '', 'base64url'), PURPOSE)) as OidcFlow & { until: number };
      if (flow.until > Date.now()) return flow;
    } catch {
      // Not sealed by this house: as good as none.
    }
    throw new DomainError('auth.bad_credentials', { zh: '登录已超时，请重新登录', en: 'This log-in took too long or is none of ours; log in again' });
  }
}
