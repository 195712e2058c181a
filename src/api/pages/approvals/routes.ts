import type { Request } from 'express';
import { inTransaction } from '../../../database/connect';
import { DomainError } from '../../../domain/errors';
import { stepUp } from '../../../access/stepUp';
import { makeApproval, signApproval } from '../../routes/approvals';
import { recordText, ulidText } from '../../schemas';
import { formOnce } from '../forms';
import { html } from '../html';
import { inWords } from '../problemPage';
import type { Form, PageAnswer, PageRouter, StaffVisit } from '../serve';
import type { Pages } from '../visit';
import { changedAlert } from './changed';
import { sheetContext, versions } from './context';
import { listPage, waitingReleases } from './list';
import { sheetPage } from './sheetPage';

/** Refusals after which the person stays on the sheet. */
const SAID_ON_THE_SHEET = /^(release\.|auth\.(bad_|locked))/;

/** @throws {DomainError} object.not_found for what cannot be an id. */
function releaseIdOf(req: Request): string {
  const { success, data } = ulidText.safeParse(req.params.releaseId);
  if (!success) throw new DomainError('object.not_found', { zh: '没有该笔拨付', en: 'There is no such release' });
  return data;
}

/** DISBURSE-REVIEW as pages: what waits, the sheet, the maker's proposal, the checkers' signatures. */
export function mountApprovals(pages: PageRouter, { db, personalData }: Pages): void {
  const sheetPath = (req: Request): string => `/approvals/${releaseIdOf(req)}`;

  pages.page('/approvals', 'release.see-waiting', async (visit) =>
    listPage(visit, await inTransaction(db, (tx) => waitingReleases(tx, visit.actor))),
  );

  pages.page('/approvals/:releaseId', 'release.see-waiting', async (visit, req) =>
    sheetPage(visit, await inTransaction(db, (tx) => sheetContext(tx, personalData, releaseIdOf(req), visit.actor))),
  );

  pages.form('/approvals/:releaseId/proposal', 'release.propose', sheetPath, async (visit, form, req) => {
    const releaseId = releaseIdOf(req);
    return orExplained(visit, releaseId, form, () =>
      inTransaction(db, async (tx) => ({
        to: await formOnce(tx, personalData, visit, `propose ${releaseId}`, form, async () => {
          await makeApproval(tx, releaseId, visit.actor);
          return sheetPath(req);
        }),
      })),
    );
  });

  pages.form('/approvals/:releaseId/signatures', 'release.sign', sheetPath, async (visit, form, req) => {
    const releaseId = releaseIdOf(req);
    // What a person shows of themselves is no part of what is done once under the form's key: nothing of it is kept, not even hashed.
    const { password, code, ...acted } = form;
    const { decision, digest = '' } = acted;
    if (!/^[0-9a-f]{64}$/.test(digest))
      throw new DomainError('request.invalid', { zh: 'digest：须为所展示的摘要', en: 'digest: the one that was shown' });
    if (decision !== 'approve' && decision !== 'reject')
      throw new DomainError('request.invalid', { zh: 'decision：只能是 approve 或 reject', en: 'decision: approve or reject' });
    const reason = decision === 'reject' ? recordText(500).safeParse(form.reason) : null;
    if (reason && !reason.success) {
      const context = await inTransaction(db, (tx) => sheetContext(tx, personalData, releaseId, visit.actor));
      return sheetPage(visit, context, { status: 400, errors: { reason: visit.t('act.reject.reason.missing') }, reason: form.reason ?? '' });
    }
    return orExplained(visit, releaseId, form, () =>
      inTransaction(db, async (tx) => ({
        to: await formOnce(tx, personalData, visit, `sign ${releaseId}`, acted, async () => {
          const { stepUp: token } = await stepUp(db, personalData, visit.actor, 'approval.sign', digest, { password, code });
          await signApproval(tx, releaseId, visit.actor, { digest, decision, reason: reason?.data, stepUp: token });
          return sheetPath(req);
        }),
      })),
    );
  });

  /** A refusal is shown on the sheet as it stands now, with what happened above it. */
  async function orExplained(visit: StaffVisit, releaseId: string, form: Form, act: () => Promise<PageAnswer>): Promise<PageAnswer> {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof DomainError) || !SAID_ON_THE_SHEET.test(error.code)) throw error;
      const { status, title, advice } = inWords(visit, error);
      return inTransaction(db, async (tx) => {
        const alert =
          error.code === 'release.digest_changed'
            ? changedAlert(visit, await versions(tx, personalData, releaseId, form.digest ?? ''))
            : html`<div class="alert bad" role="alert"><h2>${title}</h2><p>${advice}</p></div>`;
        return sheetPage(visit, await sheetContext(tx, personalData, releaseId, visit.actor), { alert, status });
      });
    }
  }
}
