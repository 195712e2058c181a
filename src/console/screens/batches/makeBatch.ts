import { answer, api } from '../../client/client';
import type { Batch } from './batchPage';

/** What a batch is declared with: the house's own figures, as they were shown. */
interface Declared {
  readonly count: number;
  readonly totalFen: string;
  readonly controlSum: string;
  /** Why it goes by the emergency lane; null: it waits its turn. */
  readonly emergency: string | null;
}

/** Where lines come from: all that may be paid now, or a file. */
export type Source = { readonly kind: 'payable' } | { readonly kind: 'file'; readonly bytes: Blob; readonly mediaType: string };

/**
 * Declares a batch, gives its lines and proposes it. Where they come to anything else than was declared, the house proposes nothing and the draft stands.
 * @param keys one for the declaration, one for the lines; the same for every try.
 */
export async function makeBatch(declared: Declared, source: Source, keys: readonly [string, string]): Promise<Batch> {
  const { count, totalFen, controlSum, emergency } = declared;
  const body = { count, totalFen, controlSum, ...(emergency === null ? {} : { emergency: { reason: emergency } }) };
  const batch = await answer(api.POST('/v1/payout-batches', { params: { header: { 'Idempotency-Key': keys[0] } }, body }));
  const params = { path: { id: batch.id }, header: { 'Idempotency-Key': keys[1] } };
  if (source.kind === 'payable') await answer(api.POST('/v1/payout-batches/{id}/lines/all-payable', { params }));
  else await answer(api.POST('/v1/payout-batches/{id}/lines', { params, ...asFile(source) }));
  return answer(api.POST('/v1/payout-batches/{id}/proposal', { params: { path: { id: batch.id } } }));
}

/** A file as the body of a request: its bytes as they are. */
export const asFile = ({ bytes, mediaType }: { readonly bytes: Blob; readonly mediaType: string }) => ({
  body: bytes as never,
  bodySerializer: (body: unknown) => body as Blob,
  headers: { 'content-type': mediaType },
});
