import type {
  ToolApprovalRequired,
  ToolCompleted,
  ToolEnding,
  ToolFailed,
  ToolOutput,
  ToolProgress,
  ToolProgressed,
  ToolResized,
  ToolRetry,
  ToolStarted,
  ToolSuspended,
  ToolTaken,
  ToolTurned,
  ToolWaiting,
} from '../wire/events.ts';
import type { JsonValue } from '../wire/json.ts';
import { shownTurns, type TerminalTurn } from '../wire/turns.ts';
import { type ExecutionState, type Shortened, shortenable, type ViewExecution } from '../wire/view.ts';
import type { Draft, ViewDraft } from './draft.ts';
import { appendOutput } from './output.ts';
import { shorten } from './shorten.ts';

type ToolEvent =
  | ToolApprovalRequired
  | ToolStarted
  | ToolProgressed
  | ToolOutput
  | ToolWaiting
  | ToolResized
  | ToolTaken
  | ToolTurned
  | ToolSuspended
  | ToolEnding
  | ToolRetry
  | ToolCompleted
  | ToolFailed;

const failures: Readonly<Record<ToolFailed['type'], ExecutionState>> = {
  'tool.failed': 'failed',
  'tool.timeout': 'timed_out',
  'tool.cancelled': 'cancelled',
};

/** Folds one event about an execution; the id of its batch if the execution's state changed. */
export function foldExecution(draft: ViewDraft, event: ToolEvent): string | undefined {
  const known = draft.view.executions[event.executionId];
  if (known === undefined || event.type === 'tool.waiting') return undefined;
  if (event.attempt !== undefined && event.attempt < known.attempt) return undefined;
  const execution = draft.execution(event.executionId);
  if (execution === undefined) return undefined;
  const before = execution.state;
  apply(execution, event);
  return execution.state === before ? undefined : execution.batchId;
}

function apply(execution: Draft<ViewExecution>, event: Exclude<ToolEvent, ToolWaiting>): void {
  switch (event.type) {
    case 'tool.approval_required':
      execution.state = 'awaiting_approval';
      return;
    case 'tool.approved':
      execution.state = 'pending';
      return;
    case 'tool.started':
      execution.state = 'executing';
      execution.attempt = event.attempt;
      execution.startedAt = event.at;
      execution.output = {};
      delete execution.progress;
      mark(execution, 'details', false);
      delete execution.error;
      delete execution.suspended;
      delete execution.ending;
      delete execution.turns;
      takeOver(execution, event.tool);
      return;
    case 'tool.progress':
      progressed(execution, event);
      return;
    case 'tool.output':
      execution.output = {
        ...execution.output,
        [event.stream]: appendOutput(execution.output[event.stream], event),
      };
      return;
    case 'tool.resized':
      execution.terminal = { ...execution.terminal, cols: event.cols, rows: event.rows };
      return;
    case 'tool.taken':
      if (execution.terminal === undefined) return;
      execution.terminal = {
        cols: execution.terminal.cols,
        rows: execution.terminal.rows,
        by: event.by,
        ...(event.as === undefined ? {} : { as: event.as }),
      };
      return;
    case 'tool.turn':
      execution.turns = withTurn(execution.turns ?? [], event);
      return;
    case 'tool.suspended':
      execution.suspended = true;
      return;
    case 'tool.continued':
      delete execution.suspended;
      return;
    case 'tool.ending':
      execution.ending = true;
      return;
    case 'tool.retry':
      execution.state = 'backoff';
      execution.error = event.error;
      takeOver(execution, event.tool);
      delete execution.suspended;
      delete execution.ending;
      return;
    case 'tool.completed':
      execution.state = 'completed';
      delete execution.error;
      if (event.result !== undefined) {
        execution.result = shorten(event.result);
        mark(execution, 'result', execution.result !== event.result);
      }
      if (event.summary !== undefined) execution.summary = event.summary;
      return ended(execution, event);
    case 'tool.failed':
    case 'tool.timeout':
    case 'tool.cancelled':
      execution.state = failures[event.type];
      execution.error = event.error;
      return ended(execution, event);
  }
}

/** In the place of what was said of the same turn before; the time is that of its first event. */
function withTurn(turns: readonly TerminalTurn[], { turn, at }: ToolTurned): readonly TerminalTurn[] {
  const place = turns.findLastIndex((known) => known.number === turn.number);
  if (place >= 0) return turns.with(place, { ...turn, at: turns[place]?.at ?? at });
  return [...turns, { ...turn, at }].slice(-shownTurns);
}

function ended(execution: Draft<ViewExecution>, event: ToolCompleted | ToolFailed): void {
  delete execution.suspended;
  delete execution.ending;
  if (event.elapsedMs !== undefined) execution.elapsedMs = event.elapsedMs;
  if (event.metrics !== undefined) execution.metrics = event.metrics;
}

/** Marks a value as shortened, or as whole. In the order of {@link shortenable}. */
export function mark(execution: Draft<ViewExecution>, value: Shortened, shortened: boolean): void {
  if ((execution.shortened?.includes(value) ?? false) === shortened) return;
  const marks = shortenable.filter((v) => (v === value ? shortened : execution.shortened?.includes(v)));
  if (marks.length > 0) execution.shortened = marks;
  else delete execution.shortened;
}

/** A fallback runs, or is next. */
function takeOver(execution: Draft<ViewExecution>, tool: string | undefined): void {
  if (tool !== undefined && tool !== execution.name) execution.tool = tool;
}

function progressed(execution: Draft<ViewExecution>, event: ToolProgressed): void {
  const details = event.details === undefined ? undefined : shorten(event.details);
  execution.progress = progressOf(event, details);
  mark(execution, 'details', details !== event.details);
}

function progressOf(event: ToolProgressed, details: JsonValue | undefined): ToolProgress {
  return {
    stage: event.stage,
    ...(event.percent === undefined ? {} : { percent: event.percent }),
    ...(event.message === undefined ? {} : { message: event.message }),
    ...(details === undefined ? {} : { details }),
  };
}
