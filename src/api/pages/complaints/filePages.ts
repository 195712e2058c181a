import { COMPLAINT_SUBJECTS } from '../../../records/complaints';
import { errorSummary, onceField } from '../forms';
import { carried, choices, type Filled, line, lines } from '../fields';
import { html } from '../html';
import type { Page } from '../layout';
import type { Form } from '../serve';
import type { Visit } from '../visit';

/** The campaign that is complained about. */
export interface About {
  readonly id: string;
  readonly title: string;
}

const WHAT = ['subject', 'text'] as const;
const WHO = ['name', 'contact'] as const;
const statusOf = ({ errors = {} }: Filled): number => (Object.keys(errors).length > 0 ? 400 : 200);

/** First page: what it is about and what happened. Who complains is carried along when the person comes back to change it. */
export function whatPage(visit: Visit, about: About, filled: Filled = {}): Page {
  const { t } = visit;
  return {
    title: t('complain.title'),
    status: statusOf(filled),
    path: `/c/${about.id}/complain`,
    body: html`<p><a href="/c/${about.id}">← ${about.title}</a></p>${errorSummary(t, filled.errors ?? {})}
<p class="muted">${t('complain.step', { n: 1 })}</p><h1>${t('complain.title')}</h1><p class="lead">${t('complain.lead')}</p>
<form method="post" action="/c/${about.id}/complain" novalidate>${carried(filled.form ?? {}, WHO)}
${choices({ name: 'subject', label: t('complain.subject'), of: COMPLAINT_SUBJECTS.map((subject) => [subject, t(`subject.${subject}`)] as const) }, filled)}
${lines({ name: 'text', label: t('complain.text'), hint: t('complain.text.hint'), max: 5_000, rows: 8 }, filled)}
<button class="button">${t('complain.continue')}</button></form>
<p><a href="/complaints">${t('complain.have_number')}</a></p>`,
  };
}

/** Second page: everything once more, and who complains if they wish to say. Nothing is stored before its button. */
export function whoPage(visit: Visit, about: About, form: Form, filled: Filled = {}): Page {
  const { t } = visit;
  return {
    title: t('complain.check'),
    status: statusOf(filled),
    path: `/c/${about.id}/complain`,
    body: html`${errorSummary(t, filled.errors ?? {})}<p class="muted">${t('complain.step', { n: 2 })}</p><h1>${t('complain.check')}</h1>
<section class="card"><dl class="facts rows"><div><dt>${t('shell.campaign')}</dt><dd>${about.title}</dd></div>
<div><dt>${t('complain.subject')}</dt><dd>${t(`subject.${form.subject as (typeof COMPLAINT_SUBJECTS)[number]}`)}</dd></div>
<div><dt>${t('complain.text')}</dt><dd class="story">${(form.text ?? '').split(/\n+/).map((paragraph) => html`<p>${paragraph}</p>`)}</dd></div></dl>
<form method="post" action="/c/${about.id}/complain" class="inline">${carried(form, [...WHAT, ...WHO])}<input type="hidden" name="change" value="yes"><button class="link">${t('complain.change')}</button></form></section>
<form method="post" action="/c/${about.id}/complaint" novalidate>${onceField()}${carried(form, WHAT)}
<h2>${t('complain.who')}</h2><p>${t('complain.who.lead')}</p>
${line({ name: 'name', label: t('complain.name'), max: 50, complete: 'name' }, { ...filled, form })}
${line({ name: 'contact', label: t('complain.contact'), hint: t('complain.contact.hint'), max: 100 }, { ...filled, form })}
<button class="button">${t('complain.send')}</button><p class="muted">${t('complain.send.hint')}</p></form>`,
  };
}
