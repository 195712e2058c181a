import { createHash } from 'node:crypto';
import { ulid } from 'ulid';
import { type Connection, row, rows } from '../database/connect';
import { DomainError } from '../domain/errors';
import type { DocumentKind } from '../domain/convention/terms';
import type { DocumentStore } from '../documents/store';
import type { PersonalData } from '../security/personalData';
import type { CampaignRow } from './campaigns';
import { keyOf } from './people';

export interface DocumentRow {
  readonly id: string;
  readonly campaign_id: string;
  readonly kind: DocumentKind;
  readonly version: number;
  readonly sha256: string;
  readonly media_type: string;
  readonly byte_length: bigint;
  readonly stored: boolean;
  readonly removed_at: Date | null;
  readonly registered_at: Date;
  readonly registered_by: string;
}

export interface ArrivedFile {
  readonly kind: DocumentKind;
  readonly bytes: Buffer;
  readonly mediaType: string;
}

/** Binds ciphertext to the document and to its content: a file under another's id, or with another hash, does not open. */
const purposeOf = (document: Pick<DocumentRow, 'id' | 'sha256'>): string => `document/${document.id}/${document.sha256}`;
const sha256Of = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/**
 * Takes a file for a campaign whose row the caller has locked: sealed under the patient's key and on the disk before its row commits; a file without a row is harmless.
 * Same kind and same bytes: the same document, which holds its bytes from now on if it was registered by its hash.
 * @returns the document, and what became of it: a new version, bytes for a known hash, or nothing.
 */
export async function takeFile(
  tx: Connection,
  personalData: PersonalData,
  store: DocumentStore,
  campaign: Pick<CampaignRow, 'id' | 'patient_id'>,
  file: ArrivedFile,
  at: Date,
  by: string,
): Promise<{ document: DocumentRow; became: 'new-version' | 'stored' | 'known' }> {
  const sha256 = sha256Of(file.bytes);
  const known = await row<DocumentRow>(
    tx,
    'select * from document where campaign_id = ? and kind = ? and sha256 = ? order by stored desc, version limit 1',
    [campaign.id, file.kind, sha256],
  );
  if (known?.stored) return { document: known, became: 'known' };
  const id = known?.id ?? ulid();
  const key = await keyOf(tx, personalData, campaign.patient_id);
  await store.put(id, key.sealBytes(file.bytes, purposeOf({ id, sha256 })));
  if (known) await tx('document').where('id', id).update({ stored: true });
  else
    await tx('document').insert({
      id,
      campaign_id: campaign.id,
      kind: file.kind,
      sha256,
      media_type: file.mediaType,
      byte_length: file.bytes.length,
      stored: true,
      registered_at: at,
      registered_by: by,
    });
  return { document: (await row<DocumentRow>(tx, 'select * from document where id = ?', [id]))!, became: known ? 'stored' : 'new-version' };
}

/** @returns a document with its campaign's tenant and patient. @throws {DomainError} object.not_found, also for another tenant's. */
export async function documentRow(
  connection: Connection,
  id: string,
  tenantId: string,
): Promise<DocumentRow & { readonly tenant_id: string; readonly patient_id: string }> {
  const document = await row<DocumentRow & { tenant_id: string; patient_id: string }>(
    connection,
    'select d.*, c.tenant_id, c.patient_id from document d join campaign c on c.id = d.campaign_id where d.id = ? and c.tenant_id = ?',
    [id, tenantId],
  );
  if (!document) throw new DomainError('object.not_found', { zh: '没有该文件', en: 'There is no such document' });
  return document;
}

/** @returns a document's bytes, opened and held against their hash. @throws {DomainError} document.not_held where only the hash was registered; document.damaged where what lies there is not what arrived. */
export async function contentOf(
  connection: Connection,
  personalData: PersonalData,
  store: DocumentStore,
  document: DocumentRow & { readonly patient_id: string },
): Promise<Buffer> {
  if (document.removed_at) throw new DomainError('person.deleted', { zh: '该文件的内容已删除', en: 'The bytes of this document were deleted' });
  if (!document.stored)
    throw new DomainError('document.not_held', {
      zh: '该文件只登记了哈希；文件在平台处，可由平台上传',
      en: 'Only the hash of this document was registered; its bytes are with the platform, which can upload them',
    });
  const key = await keyOf(connection, personalData, document.patient_id);
  const sealed = await store.get(document.id);
  const damaged = new DomainError(
    'document.damaged',
    { zh: '存储的内容与收到的文件不符：请从备份恢复', en: 'What is stored under this document is not what arrived: restore it from a backup' },
    {
      documentId: document.id,
    },
  );
  if (sealed === null) throw damaged;
  let bytes: Buffer;
  try {
    bytes = key.openBytes(sealed, purposeOf(document));
  } catch {
    // GCM says no more than that it does not open: changed, moved or another key.
    throw damaged;
  }
  if (sha256Of(bytes) !== document.sha256) throw damaged;
  return bytes;
}

/** Removes a document's bytes, whose time is over or whose person asked; its row and hash stay. Doing it again is well. */
export async function removedBytes(connection: Connection, store: DocumentStore, id: string, at: Date): Promise<void> {
  await store.remove(id);
  await connection('document').where('id', id).whereNull('removed_at').update({ removed_at: at });
}

interface ViewRow {
  readonly document_id: string;
  readonly display_name: string;
  readonly reason_enc: Buffer;
  readonly viewed_at: Date;
}

/** Every version of every document of a campaign, with who looked at it, when and why; the newest version of a kind first. */
export async function documentViews(connection: Connection, personalData: PersonalData, campaign: CampaignRow): Promise<Record<string, unknown>[]> {
  const documents = await rows<DocumentRow>(connection, 'select * from document where campaign_id = ? order by kind, version desc', [campaign.id]);
  const views = await rows<ViewRow>(
    connection,
    `select v.document_id, v.reason_enc, v.viewed_at, s.display_name from document_view v
       join document d on d.id = v.document_id join staff s on s.id = v.staff_id where d.campaign_id = ? order by v.viewed_at, v.id`,
    [campaign.id],
  );
  const key = views.length > 0 ? await keyOf(connection, personalData, campaign.patient_id) : null;
  return documents.map((d) => ({
    id: d.id,
    kind: d.kind,
    version: d.version,
    sha256: d.sha256,
    mediaType: d.media_type,
    byteLength: Number(d.byte_length),
    stored: d.stored && d.removed_at === null,
    registeredAt: d.registered_at.toISOString(),
    registeredBy: d.registered_by,
    views: views
      .filter((v) => v.document_id === d.id)
      .map((v) => ({ by: v.display_name, at: v.viewed_at.toISOString(), reason: key!.open(v.reason_enc, 'document-view.reason') })),
  }));
}
