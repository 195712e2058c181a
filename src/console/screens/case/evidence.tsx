import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { answer, api } from '../../client/client';
import { Time } from '../../parts/format';
import { useKeys } from '../../parts/keys';
import { type Me, useMe } from '../../parts/me';
import { Badge, Waiting } from '../../parts/page';
import { useText, wordOf } from '../../text/catalogue';
import { Comparison } from './comparison';
import { Content, type Document } from './content';

/** @returns when this person last looked at any document of the case; undefined: never. */
function lastLook(documents: readonly Document[], me: Me | undefined): string | undefined {
  return documents
    .flatMap((each) => each.views)
    .filter((view) => view.by === me?.name)
    .map((view) => view.at)
    .toSorted()
    .at(-1);
}

const before = (documents: readonly Document[], { kind, version }: Document): Document | undefined =>
  documents.find((each) => each.kind === kind && each.version === version - 1);

/** @returns the version that is compared with the one before it: one that came since the reader's last look, else the newest of all. */
function changed(documents: readonly Document[], since: string | undefined): Document | undefined {
  const later = documents.filter((each) => before(documents, each)).toSorted((a, b) => (a.registeredAt < b.registeredAt ? 1 : -1));
  return later.findLast((each) => since !== undefined && each.registeredAt > since) ?? later[0];
}

interface Props {
  readonly campaignId: string;
  /** The document that is looked at. */
  readonly open: string | undefined;
  /** The one that it is compared with. */
  readonly compare: string | undefined;
}

/** The documents of a case; one is looked at beside the others, and each look is kept on record by the house. */
export function Evidence({ campaignId, open, compare }: Props): ReactNode {
  const t = useText();
  const me = useMe();
  const navigate = useNavigate({ from: '/cases/$campaignId' });
  const found = useQuery({
    queryKey: ['documents', campaignId],
    queryFn: () => answer(api.GET('/v1/campaigns/{id}/documents', { params: { path: { id: campaignId } } })),
  });
  const documents = found.data?.documents ?? [];
  // As it was when the case was opened: what is looked at now is not old at once.
  const [since, setSince] = useState<string | undefined | null>(null);
  if (since === null && found.data && me) setSince(lastLook(documents, me));
  const newest = changed(documents, since ?? undefined);
  const toCompare = (document: Document) => (search: object) => ({ ...search, document: document.id, compare: before(documents, document)?.id });
  useKeys(newest ? [{ key: 'c', text: 'diff.open', run: () => void navigate({ search: toCompare(newest) }) }] : []);
  if (!found.data) return <Waiting error={found.error} retry={() => void found.refetch()} />;
  const shown = documents.find((each) => each.id === open);
  const older = documents.find((each) => each.id === compare && each.kind === shown?.kind);
  return (
    <>
      <p className="muted">{t('case.document.logged')}</p>
      {documents.length === 0 && <p>{t('case.documents.none')}</p>}
      <ul className="plain lined">
        {documents.map((document) => (
          <li key={document.id}>
            <DocumentLine document={document} isOpen={document.id === shown?.id} />
            {since && document.registeredAt > since && <Badge tone="warn">{t('diff.new')}</Badge>}
            {before(documents, document) && (
              <>
                {' '}
                <Link to="/cases/$campaignId" params={{ campaignId }} search={toCompare(document)}>
                  {t('diff.with', { n: document.version - 1 })}
                </Link>
              </>
            )}
          </li>
        ))}
      </ul>
      {shown && older ? (
        <Comparison key={`${older.id}${shown.id}`} older={older} newer={shown} />
      ) : (
        shown?.stored && <Content key={shown.id} document={shown} />
      )}
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
          search={(kept) => ({ ...kept, document: document.id, compare: undefined })}
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
