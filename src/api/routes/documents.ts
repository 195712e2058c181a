import { say } from '../text/say';
import { z } from 'zod';
import { ulid } from 'ulid';
import { audit } from '../../audit/append';
import { businessNow } from '../../database/clock';
import { DOCUMENT_KINDS } from '../../domain/convention/terms';
import { DomainError } from '../../domain/errors';
import { activeContentOf, MEDIA_TYPES, sniffedType } from '../../documents/inspect';
import { type Picture, PIXELS_MAX, pictureOf } from '../../documents/pictures';
import type { DocumentStore } from '../../documents/store';
import type { Transaction } from '../../database/connect';
import type { CampaignRow } from '../../records/campaigns';
import { type ArrivedFile, contentOf, type DocumentRow, documentRow, documentViews, takeFile } from '../../records/documents';
import { keyOf } from '../../records/people';
import type { PersonalData } from '../../security/personalData';
import { auditName } from '../../access/actors';
import type { Upload } from '../files';
import { route } from '../route';
import { id, recordText } from '../schemas';
import { openCampaign, ownCampaign, renewedBy } from './campaigns';

export const MAX_BYTES = 20_000_000;
const EXTENSIONS: Readonly<Record<string, string>> = { 'image/jpeg': 'jpg', 'image/png': 'png', 'application/pdf': 'pdf' };

const documentAnswer = z
  .object({
    id: z.string(),
    kind: z.enum(DOCUMENT_KINDS),
    version: z.int(),
    sha256: z.string(),
    mediaType: z.string(),
    byteLength: z.int(),
    stored: z.boolean(),
    registeredAt: z.string(),
    registeredBy: z.string(),
    views: z.array(z.object({ by: z.string(), at: z.string(), reason: z.string() })),
  })
  .openapi('Document');

/** Routes by which documents arrive as bytes and are looked at. */
export function documentRoutes(personalData: PersonalData, store: DocumentStore) {
  return [
    route({
      method: 'post',
      path: '/v1/campaigns/{id}/documents/uploads',
      tag: 'Campaigns',
      summary: 'Uploads a document: the body is its bytes, up to 20 MB of JPEG, PNG or PDF',
      act: 'document.file',
      input: { params: id, query: z.strictObject({ kind: z.enum(DOCUMENT_KINDS) }) },
      upload: { mediaTypes: MEDIA_TYPES, maxBytes: MAX_BYTES },
      answers: {
        201: { description: 'The document: the next version of its kind; the same bytes again are the same document.', schema: documentAnswer },
      },
      handler: async (call) => {
        const campaign = await openCampaign(call);
        const document = await takeDocument(call.tx, personalData, store, campaign, { kind: call.query.kind, ...call.upload }, auditName(call.actor));
        const shown = await documentViews(call.tx, personalData, campaign);
        return { status: 201, body: shown.find((d) => d.id === document.id) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/campaigns/{id}/documents',
      tag: 'Campaigns',
      summary: 'Lists documents with every version and every look at one',
      act: 'document.list',
      input: { params: id },
      answers: { 200: { description: 'The newest version of each kind first.', schema: z.object({ documents: z.array(documentAnswer) }) } },
      handler: async ({ tx, params, actor }) => ({
        status: 200,
        body: { documents: await documentViews(tx, personalData, await ownCampaign(tx, params.id, actor)) },
      }),
    }),
    route({
      method: 'get',
      path: '/v1/documents/{id}/content',
      tag: 'Review',
      summary: 'Shows a document to a named person, for a reason that is kept',
      act: 'document.view',
      input: {
        params: id,
        query: z.strictObject({
          // In the address: no number of a person there.
          reason: recordText(500).refine((text) => text.length >= 5, say({ zh: '至少 5 个字符', en: 'at least 5 characters' })),
        }),
      },
      sends: MEDIA_TYPES,
      answers: { 200: { description: 'The bytes, as an attachment; a picture without what its camera wrote about it.' } },
      handler: async ({ tx, params, query, actor }) => {
        const document = await documentRow(tx, params.id, actor.tenantId ?? '');
        const bytes = await contentOf(tx, personalData, store, document);
        const at = await businessNow(tx, document.tenant_id);
        const key = await keyOf(tx, personalData, document.patient_id);
        const view = { id: ulid(), document_id: document.id, staff_id: actor.id, viewed_at: at };
        await tx('document_view').insert({ ...view, reason_enc: key.seal(query.reason, 'document-view.reason') });
        await audit(tx, {
          action: 'document.viewed',
          subject: `document/${document.id}`,
          actor: auditName(actor),
          tenantId: document.tenant_id,
          campaignId: document.campaign_id,
          businessAt: at,
          data: { view: view.id, kind: document.kind, version: document.version },
        });
        const name = `${document.kind}-${document.version}.${EXTENSIONS[document.media_type] ?? 'bin'}`;
        return { status: 200, file: { bytes: shownOf(bytes, document.media_type), mediaType: document.media_type, name } };
      },
    }),
  ];
}

/** Takes a file for a running campaign: looked at, sealed, the next version of its kind. @param campaign locked. @throws {DomainError} document.refused. */
export async function takeDocument(
  tx: Transaction,
  personalData: PersonalData,
  store: DocumentStore,
  campaign: CampaignRow,
  file: ArrivedFile,
  by: string,
): Promise<DocumentRow> {
  mustBePlain(file);
  const at = await businessNow(tx, campaign.tenant_id);
  const { document, became } = await takeFile(tx, personalData, store, campaign, file, at, by);
  if (became !== 'known')
    await audit(tx, {
      action: 'document.stored',
      subject: `document/${document.id}`,
      actor: by,
      tenantId: campaign.tenant_id,
      campaignId: campaign.id,
      businessAt: at,
      data: { kind: document.kind, version: document.version, sha256: document.sha256, byteLength: file.bytes.length },
    });
  if (became === 'new-version') await renewedBy(tx, by, campaign, at, 'a document was added', { kinds: [document.kind] });
  return document;
}

/** @throws {DomainError} document.refused for bytes that are not of the declared type, that do something when they are opened, or that fill the memory of who opens them. */
export function mustBePlain({ bytes, mediaType }: Upload): void {
  const found = sniffedType(bytes);
  if (found !== mediaType)
    throw new DomainError(
      'document.refused',
      {
        zh: `Content-Type 声明为 ${mediaType}，但文件内容${found === null ? '既非 JPEG、PNG，也非 PDF' : `是 ${found}`}`,
        en: `Content-Type says ${mediaType}, but the bytes are ${found ?? 'neither JPEG, PNG nor PDF'}`,
      },
      {
        field: 'Content-Type',
        rules: ['PRE-AUDIT'],
      },
    );
  if (found !== 'application/pdf') return mustBeAPicture(pictureOf(bytes, found));
  const active = activeContentOf(bytes);
  if (active)
    throw new DomainError(
      'document.refused',
      {
        zh: `该 PDF 不能接收（${active}）：请另存为普通 PDF，不含脚本、动作、附件和密码`,
        en: `This PDF cannot be taken (${active}): print it to a plain PDF, without scripts, actions, attachments or a password`,
      },
      {
        field: '/',
        rules: ['PRE-AUDIT'],
        found: active,
      },
    );
}

function mustBeAPicture(picture: Picture | null): void {
  const details = { field: '/', rules: ['PRE-AUDIT'] } as const;
  if (picture === null)
    throw new DomainError(
      'document.refused',
      { zh: '该图片不完整或已损坏：请重新拍摄或扫描', en: 'This picture is broken or cut off: take or scan it again' },
      { ...details, found: 'unreadable picture' },
    );
  if (picture.pixels > PIXELS_MAX)
    throw new DomainError(
      'document.refused',
      {
        zh: `该图片超过 ${PIXELS_MAX / 1_000_000} 百万像素：请缩小后再上传`,
        en: `This picture has more than ${PIXELS_MAX / 1_000_000} megapixels: make it smaller`,
      },
      { ...details, found: 'too many pixels' },
    );
}

/** What is shown of a document: pictures without place, device, time and comments. The bytes as they came stay sealed, for the hash that the platform signed for and for public security. */
function shownOf(bytes: Buffer, mediaType: string): Buffer {
  return mediaType === 'image/jpeg' || mediaType === 'image/png' ? (pictureOf(bytes, mediaType)?.bytes ?? bytes) : bytes;
}
