import type { ReactNode } from 'react';
import { count } from '../ui/format.ts';
import type { Ended, Place, Restart } from './api.ts';
import { labelOf } from './curves.ts';
import { ExitText, SessionLink } from './SessionLink.tsx';

/** Rows that are drawn of each table. */
const mostShown = 50;

const outcomes: Readonly<Record<Ended['outcome'], readonly [label: string, tone: string | undefined]>> = {
  completed: ['completed', undefined],
  failed: ['failed', 'bad'],
  timed_out: ['timed out', 'bad'],
  cancelled: ['cancelled', undefined],
};

/** The newest ends of executions. */
export function Exits({ exits }: { readonly exits: readonly Ended[] }) {
  return (
    <Moves name="exits" title="Ends" what="Outcome" moves={exits} none="None has ended.">
      {({ outcome }) => {
        const [label, tone] = outcomes[outcome] ?? [outcome, undefined];
        return <td data-tone={tone}>{label}</td>;
      }}
    </Moves>
  );
}

/** The newest attempts and runs that followed others. */
export function Restarts({ restarts }: { readonly restarts: readonly Restart[] }) {
  return (
    <Moves name="restarts" title="Restarts" what="What" moves={restarts} none="Nothing was run again.">
      {({ kind, number }) => (
        <td>{kind === 'retry' ? `attempt ${number ?? ''}` : number ? `restart ${number}` : 'restarted by hand'}</td>
      )}
    </Moves>
  );
}

type Move = Place & Pick<Ended, 'at' | 'exitCode' | 'signal' | 'code'>;

interface MovesProps<T extends Move> {
  readonly name: string;
  readonly title: string;
  readonly what: string;
  readonly moves: readonly T[];
  readonly none: string;
  readonly children: (move: T) => ReactNode;
}

function Moves<T extends Move>({ name, title, what, moves, none, children }: MovesProps<T>) {
  if (moves.length === 0) return <p className="hint" data-testid={`process-board-no-${name}`}>{`${title}: ${none}`}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached without a pointer.
    <section className="figures board-table" aria-label={title} tabIndex={0}>
      <table data-testid={`process-board-${name}`}>
        <caption>
          {moves.length > mostShown
            ? `${title}: the newest ${mostShown} of ${count(moves.length, 'one', 'kept')}`
            : title}
        </caption>
        <thead>
          <tr>
            <th scope="col">Execution</th>
            <th scope="col">Session</th>
            <th scope="col">{what}</th>
            <th scope="col">Exit</th>
            <th scope="col">Error</th>
            <th scope="col">At</th>
          </tr>
        </thead>
        <tbody>
          {moves.slice(0, mostShown).map((move) => (
            <tr key={`${move.at}/${move.session}/${move.executionId}`}>
              <th scope="row">{labelOf(move)}</th>
              <td>
                <SessionLink place={move} />
              </td>
              {children(move)}
              <td>
                <ExitText of={move} otherwise="–" />
              </td>
              <td>{move.code ?? '–'}</td>
              <td>
                <time dateTime={move.at}>{new Date(move.at).toLocaleTimeString()}</time>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
