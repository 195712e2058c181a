import type { ReactNode } from 'react';
import { Money } from '../../parts/format';
import { useText, wordOf } from '../../text/catalogue';
import type { Row } from './difference';

/** What a rule or value is in one of two editions: amounts in yuan, shares in percent, lists with what the other does not have. */
export function Value({ row, side }: { readonly row: Row; readonly side: 'from' | 'to' }): ReactNode {
  const t = useText();
  const value = row[side];
  if (value === null) return <span className="muted">—</span>;
  if (row.kind === 'rule') return t('editions.inForce');
  if (row.path.endsWith('Fen')) return <Money fen={value} />;
  if (row.path.endsWith('Bp')) return `${Number(value) / 100} %`;
  if (row.path.startsWith('publicity.')) return <Items value={value} other={row[side === 'from' ? 'to' : 'from']} side={side} />;
  return wordOf(t, 'editionValue', value);
}

function Items({ value, other, side }: { readonly value: string; readonly other: string | null; readonly side: 'from' | 'to' }): ReactNode {
  const t = useText();
  const elsewhere = (other ?? '').split(' ');
  const Mark = side === 'from' ? 'del' : 'ins';
  return (
    <ul className="plain">
      {value.split(' ').map((item) => (
        <li key={item}>{elsewhere.includes(item) ? wordOf(t, 'item', item) : <Mark>{wordOf(t, 'item', item)}</Mark>}</li>
      ))}
    </ul>
  );
}
