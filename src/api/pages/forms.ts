import { ulid } from 'ulid';
import type { z } from 'zod';
import type { Transaction } from '../../database/connect';
import { DomainError } from '../../domain/errors';
import type { PersonalData } from '../../security/personalData';
import type { Actor } from '../../access/actors';
import { answeredOnce, NOBODY } from '../route';
import { html, type Html } from './html';
import type { Form, StaffVisit } from './serve';
import type { Translate } from './text/catalogue';

/** @returns the fields by which a form is known to be ours, and is done once however often its button is pressed. */
export function hiddenFields({ session }: Pick<StaffVisit, 'session'>): Html {
  return html`<input type="hidden" name="csrf" value="${session.formToken}"><input type="hidden" name="once" value="${ulid()}">`;
}

/** @returns the field by which a form that anybody may send is done once. */
export function onceField(): Html {
  return html`<input type="hidden" name="once" value="${ulid()}">`;
}

/** @returns the key that a form's act is done once under. @throws {DomainError} request.invalid for a form that did not bring one. */
export function onceOf({ once = '' }: Form): string {
  if (!/^[0-9A-HJKMNP-TV-Z]{26}$/.test(once))
    throw new DomainError('request.invalid', { zh: 'once：表单不完整', en: 'once: the form is not complete' });
  return once;
}

/** As formOnce, for a form that anybody may send. */
export function openFormOnce(tx: Transaction, personalData: PersonalData, what: string, form: Form, act: () => Promise<string>): Promise<string> {
  return formOnce(tx, personalData, { actor: NOBODY }, what, form, act);
}

/**
 * Does a form's act once: a second press waits for the first and is led to the same place.
 * @param act returns where the browser goes. @throws {DomainError} request.key_reused when the form comes again with other content.
 */
export async function formOnce(
  tx: Transaction,
  personalData: PersonalData,
  { actor }: { readonly actor: Actor },
  what: string,
  form: Form,
  act: () => Promise<string>,
): Promise<string> {
  const { csrf: _csrf, once: _once, ...content } = form;
  const answer = await answeredOnce(tx, personalData, actor, `form/${onceOf(form)}`, what, content, async () => ({
    status: 303,
    body: { to: await act() },
  }));
  return (answer.body as { to: string }).to;
}

/** What is wrong in a form, by field. */
export type FieldErrors = Readonly<Record<string, string>>;

/** @returns the summary of errors at the head of a page, each a link to its field; nothing when all is well. */
export function errorSummary(t: Translate, errors: FieldErrors): Html | null {
  const all = Object.entries(errors);
  if (all.length === 0) return null;
  return html`<div class="alert bad" role="alert"><h2>${t('shell.wrong')}</h2><ul>${all.map(([field, words]) => html`<li><a href="#${field}">${words}</a></li>`)}</ul></div>`;
}

/** @returns the message at a field itself, tied to it by its id. */
export function fieldError(errors: FieldErrors, field: string): Html | null {
  return errors[field] === undefined ? null : html`<p class="field-error" id="${field}-error">${errors[field]}</p>`;
}

/** @returns the attributes by which a field says that it is wrong. */
export function fieldState(errors: FieldErrors, field: string): Html | null {
  return errors[field] === undefined ? null : html` aria-invalid="true" aria-describedby="${field}-error"`;
}

/** @returns the message for each field whose text its schema does not take; a field left empty that may be is as good as not there. */
export function errorsOf(
  form: Form,
  fields: Readonly<Record<string, { readonly schema: z.ZodType; readonly words: string; readonly optional?: boolean }>>,
): FieldErrors {
  const wrong = Object.entries(fields).filter(([field, { schema, optional }]) => {
    const given = (form[field] ?? '').trim();
    return !(given === '' && optional) && !schema.safeParse(given).success;
  });
  return Object.fromEntries(wrong.map(([field, { words }]) => [field, words]));
}
