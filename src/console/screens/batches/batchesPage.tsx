import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Button } from 'antd';
import { type ReactNode, useState } from 'react';
import type { components } from '../../../../dist/openapi/schema';
import { answer, api, newKey } from '../../client/client';
import { Dialog } from '../../parts/dialog';
import { Money, Time, yuan } from '../../parts/format';
import { useKeys } from '../../parts/keys';
import { useMe } from '../../parts/me';
import { Badge, PageTitle, Waiting } from '../../parts/page';
import { type Column, DataTable } from '../../parts/table';
import { type Translate, useText, wordOf } from '../../text/catalogue';
import { EmergencyLane } from './emergency';
import { makeBatch } from './makeBatch';

type Batch = components['schemas']['PayoutBatch'];

/** Tones of a batch's state. */
export const BATCH_TONE = { draft: 'plain', proposed: 'warn', approved: 'good', rejected: 'bad', cancelled: 'plain' } as const;

/** The payout batches of a platform; a maker declares a further one of all that may be paid now. */
export function BatchesPage(): ReactNode {
  const t = useText();
  const me = useMe();
  const found = useQuery({ queryKey: ['batches'], queryFn: () => answer(api.GET('/v1/payout-batches')) });
  return (
    <>
      <PageTitle title={t('nav.batches')} />
      {me?.role === 'finance-maker' && <Payable />}
      {!found.data ? (
        <Waiting error={found.error} retry={() => void found.refetch()} />
      ) : (
        <DataTable
          caption={t('batches.caption')}
          columns={columns(t)}
          rows={found.data.batches}
          rowKey={(row) => row.id}
          empty={t('batches.empty')}
        />
      )}
    </>
  );
}

/** What may be paid now, by the house's own predicate, and the one act that makes a batch of it. */
function Payable(): ReactNode {
  const t = useText();
  const [open, setOpen] = useState(false);
  const found = useQuery({ queryKey: ['payable'], queryFn: () => answer(api.GET('/v1/payable-releases')) });
  const payable = found.data;
  const some = payable !== undefined && payable.count > 0;
  useKeys(some ? [{ key: 'n', text: 'batches.make', run: () => setOpen(true) }] : []);
  if (!payable) return <Waiting error={found.error} retry={() => void found.refetch()} />;
  return (
    <div className="card row">
      <p>
        {some ? t('batches.payable', { n: payable.count, total: yuan(payable.totalFen) }) : t('batches.nothing')}
        {payable.waiting > payable.count && <span className="muted"> {t('batches.notPayable', { n: payable.waiting - payable.count })}</span>}{' '}
        {payable.waiting > payable.count && (
          <Link to="/batches/new" search={{ source: 'payable' }}>
            {t('newBatch.reasons')}
          </Link>
        )}
      </p>
      <Link to="/batches/new">{t('newBatch.fromFile')}</Link>
      {some && (
        <Button type="primary" onClick={() => setOpen(true)}>
          {t('batches.make')} <kbd>n</kbd>
        </Button>
      )}
      {open && <MakeDialog payable={payable} close={() => setOpen(false)} />}
    </div>
  );
}

/** Declares, fills and proposes, each by the house's own figures. Where the lines come to anything else than was declared, the house proposes nothing and the draft stands. */
function MakeDialog({
  payable,
  close,
}: {
  readonly payable: { count: number; totalFen: string; controlSum: string };
  readonly close: () => void;
}): ReactNode {
  const t = useText();
  const navigate = useNavigate();
  const cache = useQueryClient();
  // The same for every try of the same thing: what was declared once is not declared twice.
  const [keys, setKeys] = useState(() => [newKey(), newKey()] as const);
  const [emergency, setEmergency] = useState<string | null>(null);
  const make = useMutation({
    mutationFn: () => makeBatch({ ...payable, emergency }, { kind: 'payable' }, keys),
    onSuccess: (batch) => {
      void cache.invalidateQueries({ queryKey: ['batches'] });
      void cache.invalidateQueries({ queryKey: ['payable'] });
      void navigate({ to: '/batches/$batchId', params: { batchId: batch.id } });
    },
  });
  return (
    <Dialog
      firstIsButton
      title={t('batches.make.title')}
      act={t('batches.make.act')}
      busy={make.isPending}
      error={make.error}
      send={() => make.mutate()}
      close={close}
    >
      <p>{t('batches.make.check')}</p>
      <p className="figure">
        {payable.count} · <Money fen={payable.totalFen} />
      </p>
      <EmergencyLane
        reason={emergency}
        change={(reason) => {
          setEmergency(reason);
          setKeys([newKey(), newKey()]);
        }}
      />
    </Dialog>
  );
}

const columns = (t: Translate): Column<Batch>[] => [
  {
    id: 'batch',
    head: t('batches.batch'),
    cell: (row) => (
      <>
        <Link data-row to="/batches/$batchId" params={{ batchId: row.id }}>
          {row.id.slice(-8)}
        </Link>{' '}
        {row.emergency && (
          <>
            <Badge tone="bad">{t('batch.emergency')}</Badge>{' '}
            <span className="muted">
              {t('batch.promisedBy')} <Time at={row.emergency.promisedBy} />
            </span>
          </>
        )}
      </>
    ),
  },
  { id: 'state', head: t('batches.state'), cell: (row) => <Badge tone={BATCH_TONE[row.state]}>{wordOf(t, 'batchState', row.state)}</Badge> },
  { id: 'count', head: t('batches.count'), figures: true, cell: (row) => row.declared.count },
  { id: 'total', head: t('batches.total'), figures: true, cell: (row) => <Money fen={row.declared.totalFen} /> },
  {
    id: 'signed',
    head: t('batches.signed'),
    figures: true,
    cell: (row) =>
      row.proposal
        ? t('batches.signedOf', { n: row.proposal.signatures.filter((s) => s.decision === 'approve').length, of: row.proposal.checkersNeeded })
        : '—',
  },
  { id: 'declared', head: t('batches.declared'), cell: (row) => <Time at={row.declaredAt} /> },
];
