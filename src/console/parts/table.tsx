import { type ReactNode, useRef } from 'react';
import { useKeys } from './keys';

export interface Column<R> {
  readonly id: string;
  readonly head: string;
  /** Figures stand on the right. */
  readonly figures?: boolean;
  readonly cell: (row: R) => ReactNode;
}

interface Props<R> {
  readonly caption: string;
  readonly columns: readonly Column<R>[];
  readonly rows: readonly R[];
  readonly rowKey: (row: R) => string;
  readonly empty: string;
  /** Whether j and k go through its rows; of two tables on a screen one has them. */
  readonly keys?: boolean;
}

/**
 * A table that is a table: head cells, a caption, and in each row one link that the keyboard goes to by j and k. On a narrow screen each row is a card.
 * Ant Design's own is no table to a keyboard (ant-design#41541).
 */
export function DataTable<R>({ caption, columns, rows, rowKey, empty, keys = true }: Props<R>): ReactNode {
  const body = useRef<HTMLTableSectionElement>(null);
  const go = (by: 1 | -1): void => {
    const links = [...(body.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [])];
    const at = links.indexOf(document.activeElement as HTMLElement);
    const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, at + by))];
    next?.focus();
    next?.scrollIntoView({ block: 'nearest' });
  };
  useKeys(
    keys
      ? [
          { key: 'j', text: 'keys.next', run: () => go(1) },
          { key: 'k', text: 'keys.previous', run: () => go(-1) },
        ]
      : [],
  );
  return (
    <table className="data" role="table">
      <caption>{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map((column) => (
            <th key={column.id} scope="col" role="columnheader" className={column.figures ? 'figures' : undefined}>
              {column.head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody ref={body} role="rowgroup">
        {rows.length === 0 && (
          <tr role="row">
            <td role="cell" colSpan={columns.length} className="empty">
              {empty}
            </td>
          </tr>
        )}
        {rows.map((row) => (
          <tr key={rowKey(row)} role="row">
            {columns.map((column) => (
              <td key={column.id} role="cell" data-head={column.head} className={column.figures ? 'figures' : undefined}>
                {column.cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
