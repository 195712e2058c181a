import { type FieldErrors, fieldError } from './forms';
import { html, type Html } from './html';
import type { Form } from './serve';

interface Field {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
}

/** What is wrong in a form, and what was typed into it. */
export interface Filled {
  readonly errors?: FieldErrors;
  readonly form?: Form;
}

function described({ name, hint }: Field, errors: FieldErrors): Html | null {
  const ids = [...(hint === undefined ? [] : [`${name}-hint`]), ...(errors[name] === undefined ? [] : [`${name}-error`])];
  return ids.length === 0 ? null : html` aria-describedby="${ids.join(' ')}"`;
}

function head({ name, label, hint }: Field, errors: FieldErrors): Html {
  return html`<label for="${name}">${label}</label>${hint !== undefined && html`<p class="muted" id="${name}-hint">${hint}</p>`}${fieldError(errors, name)}`;
}

const state = (field: Field, errors: FieldErrors): Html =>
  html`${described(field, errors)}${errors[field.name] !== undefined && html` aria-invalid="true"`}`;

/** @returns one line of text with its label, hint and message. */
export function line(
  field: Field & { readonly max?: number; readonly mode?: 'decimal' | 'text'; readonly complete?: string; readonly type?: 'text' | 'date' },
  { errors = {}, form = {} }: Filled = {},
): Html {
  return html`<div class="field">${head(field, errors)}
<input id="${field.name}" name="${field.name}" type="${field.type ?? 'text'}" value="${form[field.name] ?? ''}"${field.max !== undefined && html` maxlength="${field.max}"`}${field.mode && html` inputmode="${field.mode}"`} autocomplete="${field.complete ?? 'off'}"${state(field, errors)}></div>`;
}

/** @returns lines of text with their label, hint and message. */
export function lines(field: Field & { readonly max: number; readonly rows?: number }, { errors = {}, form = {} }: Filled = {}): Html {
  return html`<div class="field">${head(field, errors)}
<textarea id="${field.name}" name="${field.name}" rows="${field.rows ?? 5}" maxlength="${field.max}"${state(field, errors)}>${form[field.name] ?? ''}</textarea></div>`;
}

/** @returns one answer out of several; nothing is chosen for the person. */
export function choices(
  field: Field & { readonly of: readonly (readonly [value: string, words: string])[] },
  { errors = {}, form = {} }: Filled = {},
): Html {
  return html`<fieldset${errors[field.name] !== undefined && html` class="wrong" aria-describedby="${field.name}-error"`}><legend>${field.label}</legend>${field.hint !== undefined && html`<p class="muted">${field.hint}</p>`}${fieldError(errors, field.name)}
${field.of.map(([value, words], i) => html`<label class="choice"><input type="radio" name="${field.name}" value="${value}"${i === 0 && html` id="${field.name}"`}${form[field.name] === value && html` checked`}> <span>${words}</span></label>`)}</fieldset>`;
}

/** @returns a box to tick; never ticked for the person. */
export function tick(field: Field, { errors = {}, form = {} }: Filled = {}): Html {
  return html`<div class="field">${fieldError(errors, field.name)}<label class="choice"><input type="checkbox" id="${field.name}" name="${field.name}" value="yes"${form[field.name] === 'yes' && html` checked`}${state(field, errors)}> <span>${field.label}</span></label></div>`;
}

/** @returns what was answered on an earlier page, carried on. */
export function carried(form: Form, names: readonly string[]): Html[] {
  return names.filter((name) => (form[name] ?? '') !== '').map((name) => html`<input type="hidden" name="${name}" value="${form[name]}">`);
}
