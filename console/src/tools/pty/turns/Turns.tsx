import type { Session, TerminalTurn } from '@toolruntime/client';
import { useSessionValue } from '@toolruntime/client/react';
import { type KeyboardEvent, useState } from 'react';
import { Button } from '../../../ui/Button.tsx';
import { duration } from '../../../ui/format.ts';
import { notify, report } from '../../../ui/report.ts';
import { rightOf } from '../right.ts';
import { thisWindow } from '../window.ts';
import { answerOf } from './answer.ts';
import { marksOf } from './jumps.ts';
import { wentOf } from './marks.ts';

interface TurnsProps {
  readonly session: Session;
  readonly executionId: string;
}

const none: readonly TerminalTurn[] = [];

/** What was asked at a terminal, and what it answered; the arrow keys lead from one to the next. */
export function Turns({ session, executionId }: TurnsProps) {
  const turns = useSessionValue(session, (s) => s.view.executions[executionId]?.turns ?? none);
  const right = useSessionValue(session, (s) => rightOf(s.view.executions[executionId]));
  if (turns.length === 0) return null;
  const ready = (right === 'mine' || right === 'free') && turns.every((turn) => turn.state === 'complete');
  return (
    <section className="turns" aria-label="Questions and answers" data-testid="turns" onKeyDown={go}>
      <h4>
        {turns.length} {turns.length === 1 ? 'turn' : 'turns'}
      </h4>
      <ol>
        {turns.map((turn) => (
          <li key={turn.number} className={turn.in === undefined ? '' : 'turn-inner'}>
            <Turn session={session} executionId={executionId} turn={turn} ready={ready} over={right === 'over'} />
          </li>
        ))}
      </ol>
    </section>
  );
}

const states: Record<TerminalTurn['state'], string> = {
  question: 'asked',
  thinking: 'thinking …',
  answer: 'answering …',
  complete: '',
};

interface TurnProps extends TurnsProps {
  readonly turn: TerminalTurn;
  readonly ready: boolean;
  /** Whether nothing runs in the terminal any more. */
  readonly over: boolean;
}

function Turn({ session, executionId, turn, ready, over }: TurnProps) {
  const [open, setOpen] = useState(false);
  const question = turn.question ?? '';
  return (
    <details
      className="turn"
      data-testid="turn"
      data-state={turn.state}
      onToggle={(e) => setOpen(e.currentTarget.open)}
    >
      <summary>
        <span className="turn-went" data-went={wentOf(turn)} aria-hidden="true" />
        <code className="turn-question">{question}</code>
        {turn.exitCode === undefined ? null : (
          <span className={wentOf(turn) === 'failed' ? 'turn-exit turn-failed' : 'turn-exit'}>
            exit {turn.exitCode}
          </span>
        )}
        <span className="turn-time">
          {turn.durationMs !== undefined
            ? duration(turn.durationMs)
            : over && turn.state !== 'complete'
              ? 'not finished'
              : states[turn.state]}
        </span>
      </summary>
      {open ? <Answer session={session} executionId={executionId} turn={turn} /> : null}
      {open ? (
        <Button
          label="Show in the terminal"
          icon="up"
          kind="quiet"
          className="button-small"
          testId="turn-show"
          onClick={() => {
            if (marksOf(executionId)?.go(turn.number) !== true) notify('That line is not in the terminal any more.');
          }}
        />
      ) : null}
      {open && question !== '' ? (
        <Button
          label="Run again"
          icon="retry"
          kind="quiet"
          className="button-small"
          testId="turn-again"
          disabled={!ready}
          onClick={() => {
            marksOf(executionId)?.leave();
            report('Typing', session.typeInto(executionId, thisWindow, `${question.replaceAll('\n', '\r')}\r`));
          }}
        />
      ) : null}
    </details>
  );
}

function Answer({ session, executionId, turn }: TurnsProps & { turn: TerminalTurn }) {
  const answer = useSessionValue(session, (s) => answerOf(turn, s.view.executions[executionId]?.output.terminal));
  if (answer === undefined) return <p className="hint">This output is not on the page any more; a replay has it.</p>;
  return (
    <>
      <pre className="turn-answer" data-testid="turn-answer">
        {answer === '' ? <span className="hint">Nothing was printed.</span> : answer}
      </pre>
      <Button
        label="Copy the answer"
        icon="copy"
        kind="quiet"
        className="button-small"
        testId="turn-copy"
        onClick={() => report('Copying', navigator.clipboard.writeText(answer))}
      />
    </>
  );
}

const steps: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowDown: (at, count) => Math.min(at + 1, count - 1),
  ArrowUp: (at) => Math.max(at - 1, 0),
  Home: () => 0,
  End: (_, count) => count - 1,
};

function go(event: KeyboardEvent<HTMLElement>): void {
  const step = steps[event.key];
  if (step === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
  const all = [...event.currentTarget.querySelectorAll('summary')];
  const at = all.indexOf(event.target as HTMLElement);
  if (at < 0) return;
  event.preventDefault();
  all[step(at, all.length)]?.focus();
}
