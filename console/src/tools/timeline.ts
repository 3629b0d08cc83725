import type { SessionEvent, View, ViewBatch } from '@toolruntime/client';
import { describeArguments } from './describe.ts';

/** What a tool was doing from `from` to `to` (epoch milliseconds); still, if there is no `to`. */
export interface Span {
  readonly kind: 'waiting' | 'approval' | 'running' | 'backoff' | 'suspended';
  readonly from: number;
  readonly to?: number;
  readonly attempt: number;
}

/** A tool's row of the timeline. */
export interface Row {
  readonly executionId: string;
  readonly name: string;
  /** What it was called with, in a line. */
  readonly what: string;
  readonly state: string;
  readonly spans: readonly Span[];
}

type Kinds = Readonly<Partial<Record<SessionEvent['type'], Span['kind'] | 'end'>>>;

const kinds: Kinds = {
  'tool.approval_required': 'approval',
  'tool.approved': 'waiting',
  'tool.started': 'running',
  'tool.suspended': 'suspended',
  'tool.continued': 'running',
  'tool.retry': 'backoff',
  'tool.completed': 'end',
  'tool.failed': 'end',
  'tool.timeout': 'end',
  'tool.cancelled': 'end',
};

/** What was seen of executions while this page looked on; the view only holds the last attempt. */
export class TimelineRecorder {
  readonly #spans = new Map<string, Span[]>();

  record(events: readonly SessionEvent[]): void {
    for (const event of events) {
      const kind = kinds[event.type];
      const at = Date.parse(event.at);
      if (event.type === 'batch.started') {
        for (const tool of event.tools) this.#spans.set(tool.executionId, [{ kind: 'waiting', from: at, attempt: 0 }]);
      }
      if (kind === undefined || event.executionId === undefined) continue;
      const spans = this.#spans.get(event.executionId);
      const last = spans?.at(-1);
      // Not from its beginning: then what the view knows is better than half of it.
      if (spans === undefined || last === undefined) continue;
      spans[spans.length - 1] = { ...last, to: at };
      if (kind !== 'end') spans.push({ kind, from: at, attempt: event.attempt ?? last.attempt });
    }
  }

  /** The rows of a batch, in call order. */
  rows(view: View, batch: ViewBatch): readonly Row[] {
    return batch.executions.map((executionId) => {
      const execution = view.executions[executionId];
      const { name = '', state = 'pending' } = execution ?? {};
      const what = execution === undefined ? '' : describeArguments(execution.arguments);
      return {
        executionId,
        name,
        what,
        state,
        spans: this.#spans.get(executionId) ?? fromView(view, batch, executionId),
      };
    });
  }
}

function fromView(view: View, batch: ViewBatch, executionId: string): readonly Span[] {
  const execution = view.executions[executionId];
  const begun = Date.parse(batch.startedAt);
  const end = batch.endedAt === undefined ? undefined : Date.parse(batch.endedAt);
  if (execution === undefined) return [];
  const { attempt, startedAt, elapsedMs, state, suspended } = execution;
  if (startedAt === undefined) {
    const kind = state === 'awaiting_approval' ? 'approval' : 'waiting';
    return [{ kind, from: begun, attempt, ...(end === undefined ? {} : { to: end }) }];
  }
  const from = Date.parse(startedAt);
  const before: Span = { kind: attempt > 1 ? 'backoff' : 'waiting', from: begun, to: from, attempt: 0 };
  const kind = suspended ? 'suspended' : state === 'backoff' ? 'backoff' : 'running';
  const to = elapsedMs === undefined ? end : Math.min(from + elapsedMs, end ?? Number.POSITIVE_INFINITY);
  return [before, { kind, from, attempt, ...(to === undefined ? {} : { to }) }];
}
