import { CommandError, type Session, type TerminalTurn } from '@toolruntime/client';
import { useSessionValue } from '@toolruntime/client/react';
import { FitAddon } from '@xterm/addon-fit';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { useEffect, useRef, useState } from 'react';
import { Button } from '../../ui/Button.tsx';
import { notify, report } from '../../ui/report.ts';
import { reason } from '../../ui/useCommand.ts';
import { Feed } from './feed.ts';
import { Keys } from './keys.ts';
import { fitLetters, usualLetters } from './letters.ts';
import { type Right, rightOf } from './right.ts';
import { themeOf } from './theme.ts';
import { canJump } from './turns/jumps.ts';
import { TurnMarks } from './turns/marks.ts';
import { thisWindow } from './window.ts';

interface PtyProps {
  readonly session: Session;
  readonly executionId: string;
  /** Where Shift+Escape leads, out of the terminal. */
  readonly leave?: () => void;
}

/** Lines above the screen that are kept. */
const scrollback = 5_000;

/** A size is told when it has been the same for so long. */
const settleMs = 80;

/** An execution's terminal: live, typed into by one window at a time, which also says how large it is. */
export function Pty({ session, executionId, leave }: PtyProps) {
  const place = useRef<HTMLDivElement>(null);
  const [reader, setReader] = useState(false);
  const by = useSessionValue(session, (s) => s.view.executions[executionId]?.terminal?.by);
  const right = useSessionValue(session, (s) => rightOf(s.view.executions[executionId], reader));
  const typing = right === 'mine' || right === 'free';
  const size = useSessionValue(session, (s) => sizeOf(s.view.executions[executionId]?.terminal));
  const turns = useSessionValue(session, (s) => s.view.executions[executionId]?.turns ?? noTurns);
  // A card says so itself.
  const error = useSessionValue(session, (s) => s.view.executions[executionId]?.error);
  const shown = useRef<Shown>(undefined);

  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const opened = open(session, executionId, element, (error) => {
      if (error instanceof CommandError && error.code === 'forbidden') setReader(true);
      else notify(`Typing: ${reason(error)}`);
    });
    shown.current = opened;
    return () => {
      shown.current = undefined;
      opened.dispose();
    };
  }, [session, executionId]);

  useEffect(() => {
    shown.current?.allow(right, leave);
  }, [right, leave]);
  useEffect(() => {
    // Large, it is all that there is to see.
    if (leave !== undefined) shown.current?.focus();
  }, [leave]);
  useEffect(() => {
    shown.current?.mark(turns);
  }, [turns]);
  useEffect(() => {
    if (right !== 'mine') shown.current?.follow(size);
  }, [right, size]);

  return (
    <div className="pty" data-testid="pty" data-right={right}>
      <div className="pty-screen" ref={place} data-testid="pty-screen" />
      {typing ? null : (
        <p className="pty-bar" role="status">
          <span>{told[right](by)}</span>
          {leave !== undefined && right === 'over' && error !== undefined ? (
            <span data-testid="pty-error" data-code={error.code}>
              <code>{error.code}</code> {error.message}
            </span>
          ) : null}
          {right === 'others' ? (
            <Button
              label="Take over"
              className="button-small"
              testId="pty-take"
              onClick={() => {
                report('Taking over', session.takeTool(executionId, thisWindow));
                shown.current?.focus();
              }}
            />
          ) : null}
        </p>
      )}
    </div>
  );
}

const told: Record<Right, (by: string | undefined) => string> = {
  mine: () => '',
  free: () => '',
  others: (by) => `${by ?? 'Somebody'} types in another window.`,
  over: () => 'Nothing runs in it any more.',
  reader: () => 'You may only read here.',
};

const noTurns: readonly TerminalTurn[] = [];

const sizeOf = (terminal: { cols: number; rows: number } | undefined) =>
  terminal === undefined ? '80x24' : `${terminal.cols}x${terminal.rows}`;

/** Ctrl+Shift with one of these leads from question to question. */
const steps: Readonly<Record<string, 1 | -1 | undefined>> = { ArrowUp: -1, ArrowDown: 1 };

interface Shown {
  readonly allow: (right: Right, leave: (() => void) | undefined) => void;
  readonly follow: (size: string) => void;
  readonly focus: () => void;
  readonly mark: (turns: readonly TerminalTurn[]) => void;
  readonly dispose: () => void;
}

function open(session: Session, executionId: string, element: HTMLElement, refused: (error: unknown) => void): Shown {
  const { cols = 80, rows = 24 } = session.view.executions[executionId]?.terminal ?? {};
  const terminal = new Terminal({
    // What is replayed was printed for this size.
    cols,
    rows,
    scrollback,
    fontFamily: getComputedStyle(element).fontFamily,
    fontSize: usualLetters,
    theme: themeOf(element),
    allowProposedApi: true,
    macOptionIsMeta: true,
    cursorBlink: false,
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.loadAddon(new Unicode11Addon());
  terminal.unicode.activeVersion = '11';
  terminal.open(element);
  (element as HTMLElement & { terminal?: Terminal }).terminal = terminal;

  let right: Right = 'over';
  let leave: (() => void) | undefined;
  const keys = new Keys(session, executionId, thisWindow, refused);
  const marks = new TurnMarks(terminal);
  marks.show(session.view.executions[executionId]?.turns ?? noTurns);
  const gone = canJump(executionId, marks);
  const feed = new Feed(session, executionId, terminal, marks);
  terminal.attachCustomKeyEventHandler((event) => {
    const step = event.ctrlKey && event.shiftKey ? steps[event.key] : undefined;
    if (step !== undefined) {
      if (event.type === 'keydown') marks.step(step);
      event.preventDefault();
      return false;
    }
    if (!(event.key === 'Escape' && event.shiftKey && leave !== undefined)) return true;
    if (event.type === 'keydown') leave();
    return false;
  });
  terminal.onData((text) => {
    if (feed.replaying || (right !== 'mine' && right !== 'free')) return;
    marks.leave();
    keys.type(text);
  });

  const tell = (size: { cols: number; rows: number }) =>
    session.resizeTool(executionId, thisWindow, size).catch((error: unknown) => {
      // Whoever has taken over says how large it is.
      if (!(error instanceof CommandError && (error.code === 'conflict' || error.code === 'unavailable')))
        refused(error);
    });
  const fitted = () => {
    const size = fit.proposeDimensions();
    if (size === undefined || !(size.cols > 1 && size.rows > 1) || right === 'others') return undefined;
    const { cols, rows } = size;
    if (cols !== terminal.cols || rows !== terminal.rows) terminal.resize(cols, rows);
    return { cols, rows };
  };
  const settle = () => {
    if (right !== 'mine' && right !== 'free') {
      fitLetters(terminal, element);
      return;
    }
    terminal.options.fontSize = usualLetters;
    const size = fitted();
    const known = session.view.executions[executionId]?.terminal;
    if (size !== undefined && (known?.cols !== size.cols || known.rows !== size.rows || right === 'free'))
      void tell(size);
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(settle, settleMs);
  };
  const observer = new ResizeObserver(later);
  observer.observe(element);
  // A program that draws the whole screen draws it again for another size.
  feed.onReplayed = () => {
    if (!feed.cut || right !== 'mine') return;
    const { cols, rows } = terminal;
    void tell({ cols, rows: Math.max(1, rows - 1) }).then(() => tell({ cols, rows }));
  };
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const recolor = () => {
    terminal.options.theme = themeOf(element);
  };
  dark.addEventListener('change', recolor);

  return {
    allow: (now, to) => {
      const before = right;
      right = now;
      leave = to;
      terminal.options.disableStdin = now !== 'mine' && now !== 'free';
      terminal.options.cursorInactiveStyle = terminal.options.disableStdin ? 'none' : 'outline';
      if (before !== now) later();
    },
    follow: (size) => {
      const [cols = 80, rows = 24] = size.split('x').map(Number);
      if (right === 'mine' || right === 'free') return;
      terminal.resize(cols, rows);
      later();
    },
    focus: () => terminal.focus(),
    mark: (turns) => marks.show(turns),
    dispose: () => {
      clearTimeout(timer);
      observer.disconnect();
      dark.removeEventListener('change', recolor);
      gone();
      feed.dispose();
      terminal.dispose();
    },
  };
}
