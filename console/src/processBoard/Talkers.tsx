import { useMemo, useState } from 'react';
import { bytesPerSecond, processors } from '../server/panels.ts';
import { spent } from '../statistics/figures.ts';
import { bytes, when } from '../ui/format.ts';
import type { Execution } from './api.ts';
import { labelOf, type Measure, ordered } from './curves.ts';
import { ExitText, SessionLink } from './SessionLink.tsx';

interface TalkersProps {
  readonly executions: readonly Execution[];
  /** The one whose curves are shown; `undefined` for the top ones of each. */
  readonly chosen: string | undefined;
  readonly choose: (executionId: string | undefined) => void;
}

const sorts: readonly (readonly [measure: Measure, label: string])[] = [
  ['cpu', 'Processor time'],
  ['memory', 'Most memory'],
  ['output', 'Printed'],
];

/** The executions whose processes took most; one can be chosen for the charts. */
export function Talkers({ executions, chosen, choose }: TalkersProps) {
  const [by, setBy] = useState<Measure>('cpu');
  const rows = useMemo(() => ordered(executions, by), [executions, by]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached without a pointer.
    <section className="figures board-table" aria-label="Those that take most" tabIndex={0}>
      <table data-testid="process-board-top">
        <caption>Those that take most</caption>
        <thead>
          <tr>
            <th scope="col">Execution</th>
            <th scope="col">Session</th>
            <th scope="col">State</th>
            {sorts.map(([measure, label]) => (
              <th key={measure} scope="col" aria-sort={measure === by ? 'descending' : undefined}>
                <button type="button" data-testid={`process-board-by-${measure}`} onClick={() => setBy(measure)}>
                  {label}
                </button>
              </th>
            ))}
            <th scope="col">Processor now</th>
            <th scope="col">Memory now</th>
            <th scope="col">Prints now</th>
            <th scope="col">Processes</th>
            <th scope="col">Started</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((execution) => (
            <Row
              key={`${execution.session}/${execution.executionId}`}
              execution={execution}
              chosen={execution.executionId === chosen}
              choose={choose}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface RowProps extends Pick<TalkersProps, 'choose'> {
  readonly execution: Execution;
  readonly chosen: boolean;
}

function Row({ execution, chosen, choose }: RowProps) {
  const { executionId, endedAt, now } = execution;
  const label = labelOf(execution);
  return (
    <tr data-execution={executionId} data-chosen={chosen}>
      <th scope="row">
        <button
          type="button"
          aria-pressed={chosen}
          data-testid="process-board-choose"
          title={chosen ? 'Show those that take most in the charts' : `Show ${label} in the charts`}
          onClick={() => choose(chosen ? undefined : executionId)}
        >
          {label}
        </button>
      </th>
      <td>
        <SessionLink place={execution} />
      </td>
      <td>{endedAt === undefined ? 'running' : <ExitText of={execution} otherwise="ended" />}</td>
      <td>{spent(execution.cpuMs)}</td>
      <td>{bytes(execution.memoryBytes)}</td>
      <td>{bytes(execution.outputBytes)}</td>
      <td>{now === undefined ? '–' : processors(now.cpu)}</td>
      <td>{now === undefined ? '–' : bytes(now.memoryBytes)}</td>
      <td>{now === undefined ? '–' : bytesPerSecond(now.outputBytesPerSecond)}</td>
      <td>{now?.processes ?? '–'}</td>
      <td>{when(execution.startedAt)}</td>
    </tr>
  );
}
