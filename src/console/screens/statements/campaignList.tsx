import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { components } from '../../../../dist/openapi/schema';
import { answer, api } from '../../client/client';
import { Money } from '../../parts/format';
import { Waiting } from '../../parts/page';
import { type Column, DataTable } from '../../parts/table';
import { type Translate, useText, wordOf } from '../../text/catalogue';

type Listed = components['schemas']['ListedCampaign'];

interface Props {
  readonly after: string | undefined;
  /** Whose, for a regulator, and the platform's day. */
  readonly of?: { readonly tenantId: string; readonly today: string | undefined };
}

/** The platform's campaigns, each the way to its statement. */
export function CampaignList({ after, of }: Props): ReactNode {
  const t = useText();
  const found = useQuery({
    queryKey: ['campaigns', after, of?.tenantId],
    queryFn: () =>
      answer(
        api.GET('/v1/campaigns', {
          params: { query: { limit: '20', ...(of ? { tenantId: of.tenantId } : {}), ...(after ? { after } : {}) } as never },
        }),
      ),
    placeholderData: keepPreviousData,
  });
  if (!found.data) return <Waiting error={found.error} retry={() => void found.refetch()} />;
  return (
    <>
      <DataTable
        caption={t('statement.campaigns')}
        columns={columns(t, of?.today)}
        rows={found.data.campaigns}
        rowKey={(row) => row.id}
        empty={t('statement.campaigns.none')}
      />
      {found.data.next && (
        <p>
          <Link to="." search={(before) => ({ ...before, after: found.data.next! })}>
            {t('shell.more')}
          </Link>
        </p>
      )}
    </>
  );
}

const columns = (t: Translate, to: string | undefined): Column<Listed>[] => [
  {
    id: 'campaign',
    head: t('batch.campaign'),
    cell: (row) => (
      <Link data-row to="/statements/$campaignId" params={{ campaignId: row.id }} search={to ? { to } : {}}>
        {row.title}
      </Link>
    ),
  },
  { id: 'phase', head: t('statement.phase'), cell: (row) => wordOf(t, 'phase', row.phase) },
  { id: 'raised', head: t('statement.raised'), figures: true, cell: (row) => <Money fen={row.raisedFen} /> },
];
