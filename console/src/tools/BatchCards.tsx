import type { Session, ViewBatch } from '@toolruntime/client';
import { useSessionValue } from '@toolruntime/client/react';
import { useRef, useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { useKept } from '../ui/kept.ts';
import { Windowed } from '../ui/Windowed.tsx';
import { counted, type Filter, kinds, kindsOf, ordered } from './order.ts';
import { ToolCard } from './ToolCard.tsx';

interface BatchCardsProps {
  readonly session: Session;
  readonly batchId: string;
  readonly batch: ViewBatch;
  readonly filter: Filter;
  readonly setFilter: (filter: Filter) => void;
}

/** From this many tools on, those that have ended are folded, what matters comes first, and there are filters. */
const compactFrom = 13;
/** In larger batches only the cards near to what is seen are drawn. */
const windowedFrom = 24;
const foldedHeight = 40;

const labels: Readonly<Record<Filter, string>> = {
  all: 'All',
  approval: 'To approve',
  running: 'Running',
  failed: 'Failed',
  waiting: 'Waiting',
  done: 'Done',
  denied: 'Denied',
  cancelled: 'Cancelled',
};

/** A batch's cards. */
export function BatchCards({ session, batchId, batch, filter, setFilter }: BatchCardsProps) {
  const digits = useSessionValue(session, (s) => kindsOf(s.view, batch));
  const [dense, setDense] = useKept(session, `dense:${batchId}`, false);
  const compact = batch.total >= compactFrom;
  const [held, hold] = useHeld(compact ? ordered(batch.executions, digits, filter) : batch.executions, filter);
  return (
    <>
      {compact ? (
        <div className="batch-filters">
          {/* biome-ignore lint/a11y/useSemanticElements: it groups no fields */}
          <div role="group" aria-label="Show">
            <FilterButton name="all" count={batch.total} filter={filter} setFilter={setFilter} />
            {kinds.map((kind) => {
              const count = counted(digits).get(kind) ?? 0;
              if (count === 0 && kind !== filter) return null;
              return <FilterButton key={kind} name={kind} count={count} filter={filter} setFilter={setFilter} />;
            })}
          </div>
          <Button
            label="Dense"
            kind={dense ? 'plain' : 'quiet'}
            className="button-small"
            aria-pressed={dense}
            testId="batch-dense"
            onClick={() => setDense(!dense)}
          />
        </div>
      ) : null}
      <div className="cards" data-single={batch.total === 1} data-dense={dense} {...hold}>
        {held.map((id) => (
          <Windowed
            key={id}
            className="card-place"
            data-place={id}
            estimate={foldedHeight}
            first={batch.total <= windowedFrom}
            always={batch.total <= windowedFrom}
          >
            <ToolCard session={session} executionId={id} compact={compact} dense={dense} />
          </Windowed>
        ))}
      </div>
    </>
  );
}

interface FilterButtonProps {
  readonly name: Filter;
  readonly count: number;
  readonly filter: Filter;
  readonly setFilter: (filter: Filter) => void;
}

function FilterButton({ name, count, filter, setFilter }: FilterButtonProps) {
  return (
    <Button
      label={`${labels[name]} ${count}`}
      kind={name === filter ? 'plain' : 'quiet'}
      className="button-small"
      aria-pressed={name === filter}
      data-filter={name}
      testId="batch-filter"
      onClick={() => setFilter(name)}
    />
  );
}

/** The order, held while the reader is at the cards: none may move away from under the pointer or the focus. */
function useHeld(order: readonly string[], filter: Filter) {
  const [at, setAt] = useState(0);
  const last = useRef({ order, filter });
  const same = last.current.filter === filter && last.current.order.length === order.length;
  if (at === 0 || !same) last.current = { order, filter };
  const here = (flag: number, is: boolean) => () => setAt((before) => (is ? before | flag : before & ~flag));
  const hold = {
    onPointerEnter: here(1, true),
    onPointerLeave: here(1, false),
    onFocus: here(2, true),
    onBlur: here(2, false),
  };
  return [last.current.order, hold] as const;
}
