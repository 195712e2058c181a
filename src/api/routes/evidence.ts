import { ulid } from 'ulid';
import { z } from 'zod';
import { audit } from '../../audit/append';
import { businessNow } from '../../database/clock';
import { row } from '../../database/connect';
import { DomainError } from '../../domain/errors';
import { tell } from '../../records/outbox';
import { releaseRow } from '../../records/releases';
import { auditName } from '../../access/actors';
import { route } from '../route';
import { amount, document, id, recordText } from '../schemas';

/** Routes by which the use of money is evidenced and the evidence judged. */
export const evidenceRoutes = [
  route({
    method: 'post',
    path: '/v1/releases/{id}/use-evidence',
    tag: 'Releases',
    summary: 'Files receipts for what was paid (BATCH, RECEIPT)',
    act: 'evidence.file',
    idempotencyKey: true,
    input: { params: id, body: z.strictObject({ amountFen: amount, document: document.omit({ kind: true }) }) },
    answers: { 201: { description: 'Filed; a reviewer accepts or rejects it.' } },
    handler: async ({ tx, params, body, actor }) => {
      const release = await releaseRow(tx, params.id, { tenantId: actor.tenantId ?? '', lock: true });
      const paid = await row<{ net: bigint; filed: bigint }>(
        tx,
        `select coalesce((select net_fen from payout where release_id = :id and state = 'succeeded'), 0) as net,
           coalesce((select sum(amount_fen)::bigint from use_evidence where release_id = :id and decision is distinct from 'reject'), 0) as filed`,
        { id: release.id },
      );
      if (body.amountFen + paid!.filed > paid!.net)
        throw new DomainError(
          'evidence.too_much',
          {
            zh: `已拨付 ${paid!.net} 分，其中 ${paid!.filed} 分已有凭证或已提交凭证`,
            en: `${paid!.net} fen were paid and ${paid!.filed} fen are evidenced or filed already`,
          },
          {
            field: '/amountFen',
          },
        );
      const at = await businessNow(tx, release.tenant_id);
      const documentId = ulid();
      await tx('document').insert({
        id: documentId,
        campaign_id: release.campaign_id,
        kind: 'receipts',
        sha256: body.document.sha256,
        media_type: body.document.mediaType,
        byte_length: body.document.byteLength,
        registered_at: at,
        registered_by: auditName(actor),
      });
      const evidenceId = ulid();
      await tx('use_evidence').insert({
        id: evidenceId,
        release_id: release.id,
        campaign_id: release.campaign_id,
        amount_fen: body.amountFen.toString(),
        document_id: documentId,
        filed_at: at,
      });
      await audit(tx, {
        action: 'evidence.filed',
        subject: `release/${release.id}`,
        actor: auditName(actor),
        tenantId: release.tenant_id,
        campaignId: release.campaign_id,
        businessAt: at,
        data: { evidenceId, amountFen: body.amountFen },
      });
      return { status: 201, body: { id: evidenceId } };
    },
  }),
  route({
    method: 'post',
    path: '/v1/use-evidence/{id}/decision',
    tag: 'Review',
    summary: 'Accepts or rejects evidence of use',
    act: 'evidence.decide',
    input: { params: id, body: z.strictObject({ decision: z.enum(['accept', 'reject']), reason: recordText(1000) }) },
    answers: { 200: { description: 'Decided.' } },
    handler: async ({ tx, params, body, actor }) => {
      const evidence = await row<{ id: string; release_id: string; decision: string | null }>(
        tx,
        'select u.* from use_evidence u join campaign c on c.id = u.campaign_id where u.id = ? and c.tenant_id = ? for update of u',
        [params.id, actor.tenantId ?? ''],
      );
      if (!evidence) throw new DomainError('object.not_found', { zh: '没有该凭证', en: 'There is no such evidence' });
      const release = await releaseRow(tx, evidence.release_id);
      if (evidence.decision)
        throw new DomainError('evidence.already_decided', {
          zh: `该凭证已审核：${evidence.decision}`,
          en: `This evidence was decided already: ${evidence.decision}`,
        });
      const at = await businessNow(tx, release.tenant_id);
      await tx('use_evidence')
        .where('id', evidence.id)
        .update({ decision: body.decision, decided_by: actor.id, decided_at: at, reason: body.reason });
      await audit(tx, {
        action: 'evidence.decided',
        subject: `release/${release.id}`,
        actor: auditName(actor),
        tenantId: release.tenant_id,
        campaignId: release.campaign_id,
        businessAt: at,
        data: { evidenceId: evidence.id, decision: body.decision },
      });
      await tell(tx, { workflow: 'release', tenantId: release.tenant_id, id: release.id, notice: 'evidence-decided', cause: evidence.id });
      return { status: 200, body: { id: evidence.id, decision: body.decision } };
    },
  }),
];
