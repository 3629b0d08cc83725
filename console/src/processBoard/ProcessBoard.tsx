import { useMemo, useState } from 'react';
import { plainClick } from '../app/plainClick.ts';
import { processesPath, showProcessBoard, showProcesses } from '../app/route.ts';
import { type Range, rangeNames, ranges } from '../server/api.ts';
import { number } from '../server/panels.ts';
import { useHistory } from '../server/useHistory.ts';
import { drawnOf } from '../server/values.ts';
import { Chart } from '../statistics/Chart.tsx';
import { Choice } from '../statistics/Choice.tsx';
import '../statistics/statistics.css';
import { Tabs } from '../statistics/Tabs.tsx';
import { count } from '../ui/format.ts';
import { loadProcesses, type ProcessHistory } from './api.ts';
import { countsOf, curvesOf, measures, sum, tell } from './curves.ts';
import { Exits, Restarts } from './Moves.tsx';
import './processBoard.css';
import { Talkers } from './Talkers.tsx';

/** What tools' processes take: live charts, those that take most, ends and restarts. */
export function ProcessBoard({ range }: { readonly range: Range }) {
  const { history, refused } = useHistory(range, loadProcesses);
  return (
    <main className="statistics" data-testid="process-board" tabIndex={-1} aria-labelledby="process-board-title">
      <header className="statistics-head">
        <h2 id="process-board-title">Processes of tools</h2>
        <Tabs shown="processes" />
        <Choice legend="Range" options={rangeNames} chosen={range} choose={showProcessBoard} />
        <a
          className="board-list"
          href={processesPath}
          onClick={plainClick(showProcesses)}
          data-testid="process-board-list"
        >
          What runs now
        </a>
      </header>
      {refused === undefined ? null : (
        <p className="statistics-why" role="status" data-testid="process-board-why">
          {refused.code === 'forbidden' ? 'Your key may not read sessions (sessions:read).' : refused.message}
        </p>
      )}
      {history === undefined ? null : <Shown history={history} range={range} />}
    </main>
  );
}

function Shown({ history, range }: { readonly history: ProcessHistory; readonly range: Range }) {
  const [wanted, setChosen] = useState<string>();
  const { executions, exits, restarts } = history;
  const chosen = executions.some(({ executionId }) => executionId === wanted) ? wanted : undefined;
  if (executions.length + exits.length + restarts.length === 0) {
    return (
      <p className="statistics-empty" data-testid="process-board-empty">
        {`No tool has run a process in the last ${ranges[range].label}.`}
        <Gaps history={history} />
      </p>
    );
  }
  return (
    <>
      <Charts history={history} chosen={chosen} />
      <Talkers executions={executions} chosen={chosen} choose={setChosen} />
      <Gaps history={history} />
      <Exits exits={exits} />
      <Restarts restarts={restarts} />
    </>
  );
}

function Charts({ history, chosen }: { readonly history: ProcessHistory; readonly chosen: string | undefined }) {
  const { at } = useMemo(() => drawnOf(history, history.total), [history]);
  const stepSeconds = history.stepMs / 1_000;
  const [ended, failed, again] = ['exits', 'failures', 'restarts'].map((name) => countsOf(history, name));
  const moves = [
    { label: 'Ended', colour: '--muted', values: ended ?? [], bars: true },
    { label: 'Failed', colour: '--bad', values: failed ?? [], bars: true },
    { label: 'Restarted', colour: '--warn', values: again ?? [] },
  ];
  return (
    <div className="charts" data-testid="process-board-charts">
      {measures.map(({ name, title, format }) => {
        const curves = curvesOf(history, name, chosen);
        return (
          <Chart
            key={name}
            title={title}
            says={tell(curves, format)}
            at={at}
            curves={curves}
            format={format}
            stepSeconds={stepSeconds}
          />
        );
      })}
      <Chart
        title="Ends and restarts"
        says={moves.map(({ label, values }) => `${label}: ${sum(values)}`).join('; ')}
        at={at}
        curves={moves}
        format={number}
        stepSeconds={stepSeconds}
      />
    </div>
  );
}

/** What is not shown, and why. */
function Gaps({ history: { more, dropped, missing } }: { readonly history: ProcessHistory }) {
  const told = [
    more === undefined ? undefined : `${count(more, 'other')} took less`,
    dropped === undefined ? undefined : `${count(dropped, 'execution')} not kept for want of room`,
    missing === undefined ? undefined : `${count(missing, 'silo')} gave no answer`,
  ].filter((part) => part !== undefined);
  return told.length === 0 ? null : <p className="hint">{told.join('; ')}.</p>;
}
