import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { type ReactNode, useEffect, useState } from 'react';
import type { components } from '../../../../dist/openapi/schema';
import { answer, api } from '../../client/client';
import { Waiting } from '../../parts/page';
import { ProblemNote } from '../../parts/problem';
import { Time } from '../../parts/format';
import { useText, wordOf } from '../../text/catalogue';

type Document = components['schemas']['Document'];

/** The documents of a case; one is looked at beside the others, and each look is kept on record by the house. */
export function Evidence({ campaignId, open }: { readonly campaignId: string; readonly open: string | undefined }): ReactNode {
  const t = useText();
  const found = useQuery({
    queryKey: ['documents', campaignId],
    queryFn: () => answer(api.GET('/v1/campaigns/{id}/documents', { params: { path: { id: campaignId } } })),
  });
  if (!found.data) return <Waiting error={found.error} retry={() => void found.refetch()} />;
  const { documents } = found.data;
  const shown = documents.find((each) => each.id === open && each.stored);
  return (
    <>
      <p className="muted">{t('case.document.logged')}</p>
      {documents.length === 0 && <p>{t('case.documents.none')}</p>}
      <ul className="plain lined">
        {documents.map((document) => (
          <li key={document.id}>
            <DocumentLine document={document} isOpen={document.id === shown?.id} />
          </li>
        ))}
      </ul>
      {shown && <Content key={shown.id} document={shown} />}
    </>
  );
}

function DocumentLine({ document, isOpen }: { readonly document: Document; readonly isOpen: boolean }): ReactNode {
  const t = useText();
  const { campaignId } = useParams({ from: '/cases/$campaignId' });
  const name = `${wordOf(t, 'document', document.kind)} · ${t('case.document.version', { n: document.version })}`;
  return (
    <>
      {document.stored ? (
        <Link
          to="/cases/$campaignId"
          params={{ campaignId }}
          search={(before) => ({ ...before, document: document.id })}
          aria-current={isOpen ? 'true' : undefined}
          aria-label={`${t('case.document.view')} ${name}`}
        >
          {name}
        </Link>
      ) : (
        <span>{name}</span>
      )}
      <span className="muted">
        {' '}
        <Time at={document.registeredAt} /> · {document.stored ? t('case.document.seen', { n: document.views.length }) : t('case.document.hashOnly')}
      </span>
    </>
  );
}

/** The bytes of one document: asked for with the reason, held in this window alone. */
function Content({ document }: { readonly document: Document }): ReactNode {
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
  const name = wordOf(t, 'document', document.kind);
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
