import { emptyView, foldView, type JsonObject, type SessionEvent, type View } from '../../client/src/index.ts';

type EventBody = SessionEvent extends infer E ? (E extends SessionEvent ? Omit<E, 'seq' | 'at'> : never) : never;

/** One session of the mock gateway: a log in memory and who listens to it. */
export class MockSession {
  readonly id: string;
  readonly epoch = `mock-${Math.random().toString(36).slice(2, 8)}`;
  readonly log: SessionEvent[] = [];
  readonly listeners = new Set<(event: SessionEvent) => void>();
  /** Open work by execution id: how to end it. */
  readonly running = new Map<string, (reason: 'cancelled') => void>();
  readonly approvals = new Map<string, (approved: boolean) => void>();
  readonly paused = new Set<string>();
  view: View = emptyView;

  constructor(id: string) {
    this.id = id;
  }

  get head(): number {
    return this.log.length;
  }

  emit(body: EventBody): number {
    const event = { ...body, seq: this.head + 1, at: new Date().toISOString() } as SessionEvent;
    this.log.push(event);
    this.view = foldView(this.view, event);
    for (const listener of [...this.listeners]) listener(event);
    return event.seq;
  }

  opened(after: { epoch: string; seq: number } | undefined): JsonObject {
    const { epoch, head } = this;
    if (after?.epoch === epoch && after.seq <= head) return { epoch, head, after: after.seq, recovered: true };
    const snapshot = { seq: head, view: this.view as unknown as JsonObject };
    return { epoch, head, after: head, recovered: false, snapshot };
  }
}

export const newMockId = (prefix: string) => `${prefix}-${Math.random().toString(36).slice(2, 10)}`;
