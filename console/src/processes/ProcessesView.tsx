import { useConnection } from '@toolruntime/client/react';
import { useMemo, useState } from 'react';
import { connection } from '../app/connection.ts';
import { plainClick } from '../app/plainClick.ts';
import { processBoardPath, showProcessBoard } from '../app/route.ts';
import { Button } from '../ui/Button.tsx';
import { EndedList } from './EndedList.tsx';
import { useEnded } from './ended.ts';
import { ProcessRow } from './ProcessRow.tsx';
import './processes.css';
import { StartProcess } from './StartProcess.tsx';
import { type Column, finder, lines, type Order } from './table.ts';
import { useProcesses } from './useProcesses.ts';

const columns: readonly (readonly [column: Column | undefined, label: string])[] = [
  ['command', 'Command'],
  ['pid', 'Process'],
  ['user', 'User'],
  ['state', 'State'],
  ['cpu', 'CPU'],
  ['memory', 'Memory'],
  ['threads', 'Threads'],
  ['files', 'Files'],
  ['read', 'Read'],
  ['written', 'Written'],
  [undefined, 'Ports'],
  ['started', 'Started'],
  [undefined, 'Tool'],
  [undefined, 'Actions'],
];

/** Rows that are drawn at a time; the filter finds the others. */
const mostShown = 500;

/** The processes of tools, or of all hosts, live. */
export function ProcessesView() {
  const [host, setHost] = useState(false);
  const [words, setWords] = useState('');
  const [tree, setTree] = useState(true);
  const [order, setOrder] = useState<Order>({ column: 'cpu', down: true });
  const [starting, setStarting] = useState(false);
  const { processes, silent, error } = useProcesses(host);
  const ended = useEnded();
  const shown = useMemo(() => lines(processes?.values() ?? [], words, order, tree), [processes, words, order, tree]);
  return (
    <main className="processes" data-testid="processes" aria-label="All processes" tabIndex={-1}>
      <header className="processes-head">
        <h2>All processes</h2>
        <a href={processBoardPath} onClick={plainClick(() => showProcessBoard('15m'))} data-testid="processes-board">
          Charts
        </a>
        <label>
          <input type="checkbox" data-testid="processes-host" checked={host} onChange={() => setHost(!host)} /> All of
          the hosts
        </label>
        <label>
          <input type="checkbox" data-testid="processes-tree" checked={tree} onChange={() => setTree(!tree)} /> Tree
        </label>
        <input
          type="search"
          className="field processes-filter"
          aria-label="Filter"
          placeholder="Filter: command, number, user, tool, :port"
          data-testid="processes-filter"
          autoComplete="off"
          spellCheck={false}
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
        <span className="hint" data-testid="processes-count">
          {processes === undefined ? '' : `${shown.length} of ${processes.size}`}
        </span>
        <StartButton open={() => setStarting(true)} />
      </header>
      {error === undefined ? null : (
        <p className="processes-why" role="status" data-testid="processes-error">
          {error.message}
        </p>
      )}
      {silent > 0 ? <p className="processes-why" role="status">{`${silent} silos do not answer.`}</p> : null}
      {processes?.size === 0 ? <p className="hint">No process of a tool runs.</p> : null}
      {shown.length === 0 ? null : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached without a pointer.
        <section className="processes-table" aria-label="Processes" tabIndex={0}>
          <table>
            <Head order={order} choose={setOrder} />
            <tbody>
              {shown.slice(0, mostShown).map((line) => (
                <ProcessRow key={line.process.id} line={line} host={host} />
              ))}
            </tbody>
          </table>
        </section>
      )}
      {shown.length > mostShown ? <p className="hint">{`The first ${mostShown} are shown.`}</p> : null}
      <EndedList ended={ended.filter(({ process }) => finder(words)(process))} />
      {starting ? <StartProcess closed={() => setStarting(false)} /> : null}
    </main>
  );
}

/** For who may run tools, as far as the server says. */
function StartButton({ open }: { readonly open: () => void }) {
  const state = useConnection(connection);
  const scopes = state.status === 'online' ? state.scopes : undefined;
  if (scopes?.includes('tools:run') === false) return null;
  return <Button label="Start a process" icon="plus" testId="processes-start" aria-haspopup="dialog" onClick={open} />;
}

function Head({ order, choose }: { readonly order: Order; readonly choose: (order: Order) => void }) {
  return (
    <thead>
      <tr>
        {columns.map(([column, label]) =>
          column === undefined ? (
            <th key={label} scope="col">
              {label}
            </th>
          ) : (
            <th key={label} scope="col" aria-sort={sortOf(order, column)}>
              <button
                type="button"
                data-testid={`processes-by-${column}`}
                onClick={() => choose({ column, down: order.column === column ? !order.down : column !== 'command' })}
              >
                {label}
              </button>
            </th>
          ),
        )}
      </tr>
    </thead>
  );
}

function sortOf(order: Order, column: Column): 'ascending' | 'descending' | undefined {
  if (order.column !== column) return undefined;
  return order.down ? 'descending' : 'ascending';
}
