import { Button, Input } from 'antd';
import { type ReactNode, useState } from 'react';
import type { components } from '../../../../dist/openapi/schema';
import { fenOf, Money, Time, yuan, yuanPlain } from '../../parts/format';
import { useKeys } from '../../parts/keys';
import { Badge } from '../../parts/page';
import { type Column, DataTable } from '../../parts/table';
import { useText, wordOf } from '../../text/catalogue';
import type { MoneyException } from '../exceptions/exceptionsPage';
import { AcceptDialog } from './acceptDialog';

type Found = components['schemas']['MatchProposals'];
export type Proposal = Found['proposals'][number];
/** What is taken, in yuan as somebody writes it. */
type Taken = Readonly<Record<string, string>>;

const keyOf = ({ target }: Proposal): string => `${target.kind}/${target.id}`;

/** What the line could be. What is ticked counts down to no difference; the house refuses whatever would be more than the line or its target. */
export function Proposals({ of, found, done }: { readonly of: MoneyException; readonly found: Found; readonly done: () => void }): ReactNode {
  const t = useText();
  const [taken, setTaken] = useState<Taken>(() =>
    Object.fromEntries(found.proposals.filter((each) => each.chosen).map((each) => [keyOf(each), yuanPlain(each.amountFen)])),
  );
  const [asking, setAsking] = useState(false);
  const chosen = found.proposals.filter((each) => keyOf(each) in taken);
  const fen = chosen.map((each) => fenOf(taken[keyOf(each)]!));
  const sum = fen.reduce((all, each) => all + BigInt(each ?? '0'), 0n);
  const difference = BigInt(found.openFen) - sum;
  const acceptable = chosen.length > 0 && fen.every((each) => each !== null && each !== '0') && difference >= 0n;
  useKeys(acceptable ? [{ key: 'a', text: 'recon.accept', run: () => setAsking(true) }] : []);
  const take = (each: Proposal, on: boolean): void => {
    const { [keyOf(each)]: _gone, ...rest } = taken;
    const most = BigInt(each.amountFen);
    const amount = each.whole || difference <= 0n || difference > most ? most : difference;
    setTaken(on ? { ...rest, [keyOf(each)]: yuanPlain(amount.toString()) } : rest);
  };
  const columns: Column<Proposal>[] = [
    {
      id: 'what',
      head: t('recon.target'),
      cell: (row) => (
        <label className="check">
          <input type="checkbox" checked={keyOf(row) in taken} onChange={(event) => take(row, event.target.checked)} />
          <span>
            {wordOf(t, 'target', row.target.kind)}
            {row.title && ` · ${row.title}`} <Why of={row} openFen={found.openFen} />
            {row.at && (
              <span className="muted">
                {' '}
                <Time at={row.at} />
              </span>
            )}
          </span>
        </label>
      ),
    },
    { id: 'open', head: t('recon.targetOpen'), figures: true, cell: (row) => <Money fen={row.openFen} /> },
    {
      id: 'part',
      head: t('recon.part'),
      figures: true,
      cell: (row) =>
        !(keyOf(row) in taken) ? (
          '—'
        ) : row.whole ? (
          <Money fen={row.amountFen} />
        ) : (
          <Input
            className="amount"
            aria-label={`${t('recon.part')} ${wordOf(t, 'target', row.target.kind)} ${yuan(row.openFen)}`}
            inputMode="decimal"
            value={taken[keyOf(row)]}
            onChange={(event) => setTaken({ ...taken, [keyOf(row)]: event.target.value })}
          />
        ),
    },
  ];
  return (
    <>
      <DataTable
        caption={t('recon.proposals')}
        columns={columns}
        rows={found.proposals}
        rowKey={keyOf}
        empty={t('recon.proposals.none')}
        keys={false}
      />
      <div className="card row">
        <p role="status" data-difference={difference.toString()}>
          {difference === 0n ? (
            <Badge tone="good">{t('recon.difference.none')}</Badge>
          ) : (
            <>
              {t('recon.difference')} <strong className="money">{yuan(difference.toString())}</strong>
            </>
          )}
        </p>
        <Button type="primary" disabled={!acceptable} onClick={() => setAsking(true)}>
          {t('recon.accept')} <kbd>a</kbd>
        </Button>
      </div>
      {asking && (
        <AcceptDialog
          of={of}
          matches={chosen.map((each, i) => ({ proposal: each, amountFen: fen[i]! }))}
          sumFen={sum.toString()}
          restFen={difference.toString()}
          close={() => setAsking(false)}
          done={done}
        />
      )}
    </>
  );
}

/** Why it is where it is. */
function Why({ of, openFen }: { readonly of: Proposal; readonly openFen: string }): ReactNode {
  const t = useText();
  const why = of.named ? 'recon.named' : of.openFen === openFen ? 'recon.exact' : of.chosen ? 'recon.ofSet' : null;
  return why && <Badge tone="good">{t(why)}</Badge>;
}
