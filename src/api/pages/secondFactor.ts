import { toString as qrCode } from 'qrcode';
import { DomainError } from '../../domain/errors';
import { html, Html } from './html';
import type { Page } from './layout';
import { inWords } from './problemPage';
import type { PageRouter, StaffVisit } from './serve';
import { homeOf, SECOND_FACTOR_PATH } from './session';
import type { Pages } from './visit';
import { confirmSecondFactor, newSecondFactor } from '../routes/me';

/** The page on which a person sets up their second factor: password, secret as a picture and as text, first code. */
export function mountSecondFactor(pages: PageRouter, { db, personalData }: Pages): void {
  pages.page(SECOND_FACTOR_PATH, 'me.change-log-in', async (visit) => passwordPage(visit));

  pages.form(
    `${SECOND_FACTOR_PATH}/secret`,
    'me.change-log-in',
    () => SECOND_FACTOR_PATH,
    async (visit, form) => {
      try {
        return secretPage(visit, await newSecondFactor(db, personalData, visit.actor, form.password ?? ''));
      } catch (error) {
        return passwordPage(visit, refusal(visit, error));
      }
    },
  );

  pages.form(
    `${SECOND_FACTOR_PATH}/confirmation`,
    'me.change-log-in',
    () => SECOND_FACTOR_PATH,
    async (visit, form) => {
      try {
        await confirmSecondFactor(db, personalData, visit.actor, form.code ?? '');
        return { to: homeOf({ ...visit.actor, enrolsOnly: false }) };
      } catch (error) {
        return passwordPage(visit, refusal(visit, error));
      }
    },
  );
}

function refusal(visit: StaffVisit, error: unknown): { status: number; words: string } {
  if (!(error instanceof DomainError && error.code.startsWith('auth.'))) throw error;
  return { status: inWords(visit, error).status, words: visit.lang === 'zh' ? error.said.zh : error.said.en };
}

function passwordPage(visit: StaffVisit, wrong?: { status: number; words: string }): Page {
  const { t, session } = visit;
  return {
    title: t('factor.title'),
    path: SECOND_FACTOR_PATH,
    ...(wrong ? { status: wrong.status } : {}),
    body: html`<div class="narrow"><h1>${t('factor.title')}</h1>
${wrong && html`<div class="alert bad" role="alert"><p>${wrong.words}</p></div>`}
<p>${t('factor.why')}</p>
<form method="post" action="${SECOND_FACTOR_PATH}/secret"><input type="hidden" name="csrf" value="${session.formToken}">
<label for="password">${t('login.password')}</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="200" required>
<button class="button">${t('factor.begin')}</button></form></div>`,
  };
}

async function secretPage(visit: StaffVisit, { secret, uri }: { secret: string; uri: string }): Promise<Page> {
  const { t, session } = visit;
  const picture = await qrCode(uri, { type: 'svg', margin: 2 });
  return {
    title: t('factor.title'),
    path: SECOND_FACTOR_PATH,
    body: html`<div class="narrow"><h1>${t('factor.title')}</h1>
<p>${t('factor.scan')}</p>
<div class="qr" role="img" aria-label="${t('factor.picture')}">${new Html(picture)}</div>
<p>${t('factor.type')} <code>${secret.replace(/(.{4})(?=.)/g, '$1 ')}</code></p>
<form method="post" action="${SECOND_FACTOR_PATH}/confirmation"><input type="hidden" name="csrf" value="${session.formToken}">
<label for="code">${t('login.code')}</label>
<input id="code" name="code" inputmode="numeric" pattern="[0-9]{6}" maxlength="6" autocomplete="one-time-code" required>
<button class="button">${t('factor.confirm')}</button></form></div>`,
  };
}
