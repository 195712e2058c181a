import { type Filled, line } from '../fields';
import { errorSummary } from '../forms';
import { html } from '../html';
import type { Page } from '../layout';
import type { Visit } from '../visit';

/** Where a complaint is looked up by its receipt number, without an account. @param status 400 or 404 when the number that was given leads nowhere. */
export function lookUpPage({ t }: Visit, filled: Filled = {}, status = 200): Page {
  return {
    title: t('lookup.title'),
    path: '/complaints',
    status,
    body: html`<div class="narrow">${errorSummary(t, filled.errors ?? {})}<h1>${t('lookup.title')}</h1><p>${t('lookup.lead')}</p>
<form method="post" action="/complaints" novalidate>
${line({ name: 'number', label: t('status.number'), hint: t('lookup.hint'), max: 40 }, filled)}
<button class="button">${t('lookup.send')}</button></form>
<p class="muted">${t('lookup.none')}</p></div>`,
  };
}
