import { DOCUMENT_KINDS } from '../../../domain/convention/terms';
import { formatYuan } from '../../../domain/money';
import { UPDATE_KINDS } from '../../../records/supervision';
import { rules } from '../campaign/beforeGiving';
import { choices, type Filled, line, lines, tick } from '../fields';
import { fieldError, onceField } from '../forms';
import { html, type Html } from '../html';
import type { Visit } from '../visit';
import { BATCHES } from './moneyForm';
import type { AskedEvidence, SponsorView } from './view';

/** An act folded away until it is wanted, or until something in it is wrong. */
function folded(id: string, title: string, fields: readonly string[], { errors = {} }: Filled, body: Html): Html {
  return html`<details class="card" id="act-${id}"${fields.some((field) => errors[field] !== undefined) && html` open`}><summary>${title}</summary>${body}</details>`;
}

function form(view: SponsorView, act: string, body: Html, button: string, danger = false): Html {
  return html`<form method="post" action="${view.path}/${act}" novalidate>${onceField()}${body}<button class="button${danger ? ' danger' : ''}">${button}</button></form>`;
}

/** RIGHTS: the rules in force, where the sponsor has not agreed to them. */
export function consentForm(visit: Visit, view: SponsorView, filled: Filled): Html | false {
  const { t } = visit;
  const agreed = view.told.consents.some((c) => c.party === 'sponsor' && c.version === view.rules.version);
  if (agreed || view.campaign.ended_at !== null) return false;
  const body = html`<input type="hidden" name="version" value="${view.rules.version}">${tick({ name: 'consent', label: t('sponsor.consent.tick') }, filled)}`;
  return html`<section class="actions-box"><h2>${t('sponsor.consent')}</h2>${rules(visit, view.rules)}${form(view, 'consent', body, t('sponsor.consent.send'))}</section>`;
}

/** DOUBLE-AUDIT: an answer in words; documents are uploaded below and found by themselves. */
export function answerForm({ t }: Visit, view: SponsorView, asked: AskedEvidence, filled: Filled): Html {
  const body = html`<input type="hidden" name="request" value="${asked.id}">${lines({ name: `answer-${asked.id}`, label: t('sponsor.answer'), hint: t('sponsor.answer.hint'), max: 2_000 }, filled)}`;
  return form(view, 'answer', body, t('sponsor.answer.send'));
}

/** @returns what the sponsor may do while the campaign stands where it does. */
export function acts(visit: Visit, view: SponsorView, filled: Filled): Html | false {
  const { t } = visit;
  const { campaign } = view;
  const raising = campaign.phase === 'fundraising';
  const running = campaign.ended_at === null;
  const paying = (raising || campaign.phase === 'release') && view.availableFen > 0n && campaign.stopped_by.length === 0;
  const all = [
    campaign.opened_at !== null && update(visit, view, filled),
    running && document(visit, view, filled),
    paying && money(visit, view, filled),
    raising && !view.extended && extension(visit, view, filled),
    raising &&
      campaign.close_asked_at === null &&
      folded(
        'close',
        t('sponsor.close'),
        ['closeSure'],
        filled,
        form(
          view,
          'close',
          html`<p>${t('sponsor.close.lead')}</p>${tick({ name: 'closeSure', label: t('sponsor.close.sure') }, filled)}`,
          t('sponsor.close.send'),
          true,
        ),
      ),
    running && !view.deathReported && death(visit, view, filled),
  ].filter((act): act is Html => act !== false);
  return all.length > 0 && html`<section id="acts"><h2>${t('sponsor.acts')}</h2>${all}</section>`;
}

function update({ t }: Visit, view: SponsorView, filled: Filled): Html {
  const body = html`${choices({ name: 'updateKind', label: t('sponsor.update.kind'), of: UPDATE_KINDS.map((kind) => [kind, t(`update.${kind}`)] as const) }, filled)}
${lines({ name: 'updateText', label: t('sponsor.update.text'), hint: t('sponsor.update.hint'), max: 4_000 }, filled)}`;
  return folded('update', t('sponsor.update'), ['updateKind', 'updateText'], filled, form(view, 'update', body, t('sponsor.update.send')));
}

function document({ t }: Visit, view: SponsorView, filled: Filled): Html {
  const { errors = {} } = filled;
  const kinds = choices(
    { name: 'kind', label: t('sponsor.upload.kind'), of: DOCUMENT_KINDS.map((kind) => [kind, t(`document.${kind}`)] as const) },
    filled,
  );
  const body = html`<form method="post" action="${view.path}/document" enctype="multipart/form-data" novalidate>${kinds}
<label for="file">${t('sponsor.upload.file')}</label><p class="muted" id="file-hint">${t('sponsor.upload.hint')}</p>${fieldError(errors, 'file')}
<input id="file" name="file" type="file" accept="image/jpeg,image/png,application/pdf" aria-describedby="file-hint${errors.file !== undefined && ' file-error'}"${errors.file !== undefined && html` aria-invalid="true"`}>
<button class="button">${t('sponsor.upload.send')}</button></form>`;
  return folded('document', t('sponsor.upload'), ['kind', 'file'], filled, body);
}

/** ROUTE, BATCH, FEES: the first of two steps; the second shows what is charged and what arrives. */
function money({ t }: Visit, view: SponsorView, filled: Filled): Html {
  const modes = view.campaign.phase === 'fundraising' ? (['single'] as const) : (['single', 'hospital-direct', 'batched'] as const);
  const parts = BATCHES.map(
    (n) =>
      html`<div class="pair">${line({ name: `part${n}`, label: t('sponsor.money.part', { n }), mode: 'decimal', max: 6 }, filled)}${line({ name: `for${n}`, label: t('sponsor.money.for', { n }), max: 200 }, filled)}</div>`,
  );
  const body = html`<form method="post" action="${view.path}/money" novalidate><p>${t('sponsor.money.lead', { available: formatYuan(view.availableFen) })}</p>
${choices({ name: 'mode', label: t('sponsor.money.mode'), of: modes.map((mode) => [mode, t(`mode.${mode}`)] as const) }, filled)}
${line({ name: 'amount', label: t('sponsor.money.amount'), hint: t('sponsor.money.amount.hint'), mode: 'decimal', max: 20 }, filled)}
${line({ name: 'purpose', label: t('sponsor.money.purpose'), max: 200 }, filled)}
${modes.length > 1 && html`<fieldset><legend>${t('sponsor.money.batches')}</legend><p class="muted">${t('sponsor.money.batches.hint')}</p>${parts}</fieldset>`}
<button class="button">${t('sponsor.money.continue')}</button></form>`;
  const fields = ['mode', 'amount', 'purpose', ...BATCHES.flatMap((n) => [`part${n}`, `for${n}`])];
  return folded('money', t('sponsor.money.ask'), fields, filled, body);
}

function extension({ t }: Visit, view: SponsorView, filled: Filled): Html {
  const body = html`<p>${t('sponsor.extend.lead')}</p>${lines({ name: 'extensionReason', label: t('sponsor.extend.reason'), max: 500, rows: 3 }, filled)}`;
  return folded('extension', t('sponsor.extend'), ['extensionReason'], filled, form(view, 'extension', body, t('sponsor.extend.send')));
}

function death({ t }: Visit, view: SponsorView, filled: Filled): Html {
  const body = html`<p>${t('sponsor.death.lead')}</p>${line({ name: 'diedOn', label: t('sponsor.death.on'), hint: t('sponsor.death.hint'), type: 'date', max: 10 }, filled)}`;
  return folded('death', t('sponsor.death'), ['diedOn'], filled, form(view, 'death', body, t('sponsor.death.send'), true));
}
