import type { ReactNode } from 'react';
import type { components } from '../../../../dist/openapi/schema';
import { Money, Time } from '../../parts/format';
import { Badge } from '../../parts/page';
import { type Column, DataTable } from '../../parts/table';
import { type Translate, useText, wordOf } from '../../text/catalogue';

export type Statement = components['schemas']['Statement'];
type Account = Statement['accounts'][number];
type Movement = Statement['movements'][number];
type Late = Statement['late'][number];
type Identity = Statement['identity']['opening'];

/** A statement as the house computed it: the identity on both ends, accounts, movements by kind, and what came after a close. */
export function StatementView({ of }: { readonly of: Statement }): ReactNode {
  const t = useText();
  const ends = [
    { moment: 'opening' as const, ...of.identity.opening },
    { moment: 'closing' as const, ...of.identity.closing },
  ];
  return (
    <>
      <DataTable caption={t('statement.identity')} columns={identityColumns(t)} rows={ends} rowKey={(row) => row.moment} empty="—" keys={false} />
      <DataTable
        caption={t('statement.accounts')}
        columns={accountColumns(t)}
        rows={of.accounts}
        rowKey={(row) => row.account}
        empty="—"
        keys={false}
      />
      <DataTable
        caption={t('statement.movements')}
        columns={movementColumns(t)}
        rows={of.movements}
        rowKey={(row) => `${row.kind}/${row.debit}/${row.credit}`}
        empty={t('statement.movements.none')}
        keys={false}
      />
      {of.late.length > 0 && (
        <DataTable caption={t('statement.late')} columns={lateColumns(t)} rows={of.late} rowKey={(row) => row.id} empty="—" keys={false} />
      )}
    </>
  );
}

/** When it was looked at, and up to which entry. */
export function AsOf({ of }: { readonly of: Statement }): ReactNode {
  const t = useText();
  const [before, after] = t('statement.asOf', { at: '\n', n: of.asOf.lastTransfer }).split('\n');
  return (
    <p className="muted">
      {before}
      <Time at={of.asOf.at} />
      {after}
    </p>
  );
}

const fen = <R,>(id: keyof R & string, head: string): Column<R> => ({
  id,
  head,
  figures: true,
  cell: (row) => <Money fen={row[id] as string} />,
});

const identityColumns = (t: Translate): Column<Identity & { readonly moment: 'opening' | 'closing' }>[] => [
  { id: 'moment', head: t('statement.moment'), cell: (row) => t(`statement.${row.moment}`) },
  fen('raisedFen', t('statement.raised')),
  fen('paidFen', t('account.paid')),
  fen('feesFen', t('account.fees')),
  fen('refundedFen', t('account.refunded')),
  fen('heldFen', t('account.held')),
  fen('reservedFen', t('account.reserved')),
  {
    id: 'check',
    head: t('statement.check'),
    cell: (row) => <Badge tone={row.holds ? 'good' : 'bad'}>{t(row.holds ? 'statement.holds' : 'statement.holdsNot')}</Badge>,
  },
];

const accountColumns = (t: Translate): Column<Account>[] => [
  { id: 'account', head: t('statement.account'), cell: (row) => wordOf(t, 'account', row.account) },
  fen('openingFen', t('statement.opening')),
  fen('inFen', t('statement.in')),
  fen('outFen', t('statement.out')),
  fen('closingFen', t('statement.closing')),
];

const fromTo = (t: Translate, { debit, credit }: { readonly debit: string; readonly credit: string }): string =>
  `${wordOf(t, 'account', debit)} → ${wordOf(t, 'account', credit)}`;

const movementColumns = (t: Translate): Column<Movement>[] => [
  { id: 'kind', head: t('statement.kind'), cell: (row) => wordOf(t, 'movement', row.kind) },
  { id: 'fromTo', head: t('statement.fromTo'), cell: (row) => fromTo(t, row) },
  { id: 'count', head: t('statement.count'), figures: true, cell: (row) => row.movements },
  fen('amountFen', t('statement.amount')),
];

const lateColumns = (t: Translate): Column<Late>[] => [
  { id: 'day', head: t('statement.day'), cell: (row) => row.day },
  { id: 'kind', head: t('statement.kind'), cell: (row) => wordOf(t, 'movement', row.kind) },
  { id: 'fromTo', head: t('statement.fromTo'), cell: (row) => fromTo(t, row) },
  { id: 'subject', head: t('exception.subject'), cell: (row) => <code>{row.subject}</code> },
  fen('amountFen', t('statement.amount')),
];
