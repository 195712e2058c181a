import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import type { components } from '../../../../dist/openapi/schema';
import { answer, api } from '../../client/client';
import { ProblemNote } from '../../parts/problem';
import { useText, wordOf } from '../../text/catalogue';

export type Document = components['schemas']['Document'];

/** The bytes of one document: asked for with the reason, held in this window alone. */
function useContent(document: Document): { readonly url: string | null; readonly error: unknown } {
  const t = useText();
  const [url, setUrl] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const cache = useQueryClient();
  const reason = t('case.document.reason');
  // The reason is kept in the language in which the reader began to look; another language is no further look.
  const [kept] = useState(reason);
  useEffect(() => {
    let made: string | null = null;
    let here = true;
    answer(api.GET('/v1/documents/{id}/content', { params: { path: { id: document.id }, query: { reason: kept } }, parseAs: 'blob' }))
      .then((blob) => {
        if (!here) return;
        made = URL.createObjectURL(blob as unknown as Blob);
        setUrl(made);
        void cache.invalidateQueries({ queryKey: ['documents'] });
      })
      .catch((refused: unknown) => here && setError(refused));
    return () => {
      here = false;
      if (made) URL.revokeObjectURL(made);
    };
  }, [document.id, kept, cache]);
  return { url, error };
}

/** One document as it is. */
export function Content({ document }: { readonly document: Document }): ReactNode {
  const t = useText();
  const { url, error } = useContent(document);
  const name = `${wordOf(t, 'document', document.kind)} · ${t('case.document.version', { n: document.version })}`;
  if (error) return <ProblemNote error={error} />;
  if (!url)
    return (
      <p role="status" data-reading>
        {t('shell.loading')}
      </p>
    );
  return document.mediaType === 'application/pdf' ? (
    <iframe className="paper" src={url} title={name} />
  ) : (
    <img className="paper" src={url} alt={name} />
  );
}
