import { useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { count } from '../ui/format.ts';
import { icons } from '../ui/icons.tsx';
import { Linked } from './links.tsx';
import { cellText, type Order, sorted, type Table } from './table.ts';

/** So many rows are shown until somebody asks for more. */
const shownRows = 10;
const maxCell = 300;

/** Rows of equal objects as a table that can be sorted. */
export function TableView({ table }: { readonly table: Table }) {
  const [order, setOrder] = useState<Order>();
  const [all, setAll] = useState(false);
  const rows = sorted(table.rows, order);
  const hidden = rows.length - shownRows;
  const next = (column: string): Order | undefined => {
    if (order?.column !== column) return { column, down: false };
    return order.down ? undefined : { column, down: true };
  };
  return (
    <div className="result-table" data-testid="result-table">
      {/* biome-ignore lint/a11y/useSemanticElements: it groups no fields */}
      <div
        className="table-scroll"
        role="group"
        aria-label={table.name || 'Result'}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
        tabIndex={0}
      >
        <table>
          <caption>
            {table.name || 'Result'}, {count(rows.length, 'row')}
          </caption>
          <thead>
            <tr>
              {table.columns.map((column) => {
                const by = order?.column === column ? (order.down ? 'descending' : 'ascending') : undefined;
                return (
                  <th key={column} scope="col" aria-sort={by}>
                    <button type="button" data-testid="result-sort" onClick={() => setOrder(next(column))}>
                      {column}
                      {by === undefined ? null : icons[by === 'ascending' ? 'up' : 'down']}
                    </button>
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, all ? undefined : shownRows).map((row, i) => (
              <tr key={i}>
                {table.columns.map((column) => {
                  const text = cellText(row[column]);
                  return (
                    <td
                      key={column}
                      data-number={typeof row[column] === 'number'}
                      title={text.length > maxCell ? text : undefined}
                    >
                      <Linked text={text.length > maxCell ? `${text.slice(0, maxCell)}…` : text} />
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {hidden > 0 ? (
        <Button
          label={all ? `Only ${shownRows} rows` : `${count(hidden, 'more row')}`}
          kind="quiet"
          className="button-small"
          testId="result-rows"
          aria-expanded={all}
          onClick={() => setAll(!all)}
        />
      ) : null}
    </div>
  );
}
