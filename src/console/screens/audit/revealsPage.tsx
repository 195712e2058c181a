import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { answer, api } from '../../client/client';
import { Time } from '../../parts/format';
import { PageTitle, Waiting } from '../../parts/page';
import { type Column, DataTable } from '../../parts/table';
import { type Translate, useText, wordOf } from '../../text/catalogue';

interface Look {
  readonly id: string;
  readonly kind: 'person' | 'document';
  readonly subject: string;
  readonly fields: readonly string[];
  readonly purpose: string | null;
  readonly reason: string | null;
  readonly by: string;
  readonly at: string;
}

/** Every look at what is masked elsewhere: who, when, what, what for and why, counted by person. */
export function RevealsPage(): ReactNode {
  const t = useText();
  const { after } = useSearch({ from: '/reveals' }) as { after?: string };
  const found = useQuery({
    queryKey: ['reveals', after],
    queryFn: () => answer(api.GET('/v1/reveals', { params: { query: { limit: '50', ...(after ? { before: after } : {}) } as never } })),
    placeholderData: keepPreviousData,
  });
  if (!found.data) return <Waiting error={found.error} retry={() => void found.refetch()} />;
  const { reveals, next } = found.data;
  return (
    <>
      <PageTitle title={t('nav.reveals')} />
      {reveals.length > 0 && <p>{t('reveals.count', { n: reveals.length, by: countedBy(reveals) })}</p>}
      <DataTable caption={t('reveals.caption')} columns={columns(t)} rows={reveals} rowKey={({ id }) => id} empty={t('reveals.empty')} keys={false} />
      {next && (
        <p>
          <Link to="/reveals" search={{ after: next }}>
            {t('shell.more')}
          </Link>
        </p>
      )}
    </>
  );
}

/** Most first. */
function countedBy(reveals: readonly Look[]): string {
  const counts = new Map<string, number>();
  for (const { by } of reveals) counts.set(by, (counts.get(by) ?? 0) + 1);
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([by, count]) => `${by} ${count}`)
    .join(' · ');
}

const columns = (t: Translate): Column<Look>[] => [
  { id: 'at', head: t('reveals.at'), cell: ({ at }) => <Time at={at} /> },
  { id: 'by', head: t('reveals.by'), cell: ({ by }) => by },
  {
    id: 'what',
    head: t('reveals.what'),
    cell: ({ kind, fields }) => (
      <span>
        {t(`reveals.${kind}`)}{' '}
        <span className="muted">{fields.map((field) => wordOf(t, kind === 'person' ? 'field' : 'document', field)).join(' · ')}</span>
      </span>
    ),
  },
  { id: 'purpose', head: t('reveals.purpose'), cell: ({ purpose }) => (purpose ? wordOf(t, 'purpose', purpose) : '—') },
  { id: 'reason', head: t('reveals.reason'), cell: ({ reason }) => <span className="reason">{reason ?? '—'}</span> },
];
