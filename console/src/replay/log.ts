import type { SessionEvent } from '@toolruntime/client';
import type { Gap, RecordingLine } from './lines.ts';

/** Events that a page can hold; of a longer log the rest is left away, and it says so. */
export const mostEvents = 500_000;

/** Events at which people look for a place: who said what, and what began or ended. */
const marking: ReadonlySet<SessionEvent['type']> = new Set([
  'message.created',
  'message.completed',
  'message.failed',
  'batch.started',
  'tool.started',
  'tool.approval_required',
  'tool.retry',
  'tool.completed',
  'tool.failed',
  'tool.timeout',
  'tool.cancelled',
  'session.reset',
]);

/** A recording as it comes in: its events, when they were, and what is missing between them. */
export class ReplayLog {
  readonly events: SessionEvent[] = [];
  readonly times: number[] = [];
  /** Indices of events that are worth stopping at. */
  readonly marks: number[] = [];
  /** What is missing, and before which event. */
  readonly gaps: { readonly gap: Gap; readonly before: number }[] = [];
  /** Whether it has come to its end. */
  whole = false;
  /** Whether it has more than a page can hold. */
  cut = false;
  readonly #execution: string | undefined;

  /** @param execution where it is of one tool alone. */
  constructor(execution: string | undefined) {
    this.#execution = execution;
  }

  add(line: RecordingLine): void {
    if (line.kind === 'end') this.whole = true;
    if (line.kind === 'gap') this.gaps.push({ gap: line.gap, before: this.events.length });
    if (line.kind !== 'event') return;
    if (this.events.length >= mostEvents) {
      this.cut = true;
      return;
    }
    const { event } = line;
    if (marking.has(event.type)) this.marks.push(this.events.length);
    const at = Date.parse(event.at);
    const before = this.times.at(-1) ?? at;
    this.times.push(at >= before ? at : before);
    this.events.push(this.#execution === undefined ? event : alone(event));
  }

  /** How many events there are up to a seq. */
  countTo(seq: number): number {
    let [low, high] = [0, this.events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.events[middle]?.seq ?? 0) <= seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** A batch without its message, which is no part of a tool's own recording. */
function alone(event: SessionEvent): SessionEvent {
  if (event.type !== 'batch.started') return event;
  const { messageId: _, ...rest } = event;
  return rest;
}
