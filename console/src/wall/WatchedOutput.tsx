import type { OutputStream, OutputTail, Session } from '@toolruntime/client';
import { useSessionValue } from '@toolruntime/client/react';
import { useEffect, useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { Lines } from '../tools/terminal/Lines.tsx';
import { TerminalModel } from '../tools/terminal/model.ts';
import { filterLines } from './filter.ts';

interface WatchedOutputProps {
  readonly session: Session;
  readonly executionId: string;
  readonly wanted: string;
}

const streams = ['stdout', 'stderr', 'result'] as const;

/** So many lines a tile keeps. */
const tileLines = 1_000;

/** What an execution without a terminal prints, or of that the lines that have a text. */
export function WatchedOutput({ session, executionId, wanted }: WatchedOutputProps) {
  const output = useSessionValue(session, (s) => s.view.executions[executionId]?.output);
  const attempt = useSessionValue(session, (s) => s.view.executions[executionId]?.attempt ?? 0);
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element !== null && atEnd.current) element.scrollTop = element.scrollHeight;
  });
  return (
    // biome-ignore lint/a11y/useSemanticElements: it groups no fields
    <div
      className="wall-output"
      ref={scroller}
      role="group"
      aria-label="Output"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
      tabIndex={0}
      data-testid="wall-output"
      onScroll={({ currentTarget: e }) => {
        atEnd.current = e.scrollHeight - e.scrollTop - e.clientHeight < 24;
      }}
    >
      {streams.map((stream) => {
        const tail = output?.[stream];
        return tail === undefined ? null : (
          <StreamOf key={stream} stream={stream} attempt={attempt} tail={tail} wanted={wanted} />
        );
      })}
    </div>
  );
}

interface StreamOfProps {
  readonly stream: OutputStream;
  readonly attempt: number;
  readonly tail: OutputTail;
  readonly wanted: string;
}

function StreamOf({ stream, attempt, tail, wanted }: StreamOfProps) {
  const [model] = useState(() => new TerminalModel(tileLines));
  const screen = useSyncExternalStore(model.subscribe, model.getSnapshot);
  useEffect(() => model.update(attempt, tail), [model, attempt, tail]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the model's text is another whenever its screen is.
  const found = useMemo(() => filterLines(wanted === '' ? '' : model.text(), wanted), [model, screen, wanted]);
  if (wanted === '') {
    return (
      <pre data-stream={stream}>
        {screen.blocks.map((block) => (
          <Lines key={block.id} block={block} />
        ))}
      </pre>
    );
  }
  return (
    <pre data-stream={stream} data-testid="wall-found">
      {found.map(({ at, text, from, to }) => (
        <span key={at}>
          {text.slice(0, from)}
          <mark>{text.slice(from, to)}</mark>
          {`${text.slice(to)}\n`}
        </span>
      ))}
    </pre>
  );
}
