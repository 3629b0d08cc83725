import type { EventsFrame, SignalFrame } from '../wire/frames.ts';

/** What a session needs of its connection. @internal */
export interface FrameReceiver {
  onOnline(): void;
  onOffline(): void;
  onEvents(frame: Omit<EventsFrame, 'type'>): void;
  onSignal(frame: SignalFrame): void;
  onHead(head: { readonly epoch: string; readonly seq: number }): void;
}

/** What a session's receiver is attached as, or that of one of its executions. @internal */
export function receiverName(session: string, execution: string | undefined): string {
  return execution === undefined ? session : `${session}/${execution}`;
}

/** Who gets the frames of which session or execution: two parts of a page may follow the same one. */
export class Receivers {
  readonly #byName = new Map<string, readonly FrameReceiver[]>();

  add(name: string, receiver: FrameReceiver): void {
    this.#byName.set(name, [...this.of(name), receiver]);
  }

  /** Whether that was the last one of its name. */
  remove(name: string, receiver: FrameReceiver): boolean {
    const left = this.of(name).filter((other) => other !== receiver);
    if (left.length > 0) this.#byName.set(name, left);
    else this.#byName.delete(name);
    return left.length === 0;
  }

  of(name: string): readonly FrameReceiver[] {
    return this.#byName.get(name) ?? [];
  }

  /** All, as they are now. */
  all(): readonly FrameReceiver[] {
    return [...this.#byName.values()].flat();
  }

  /** Those of names that hold. */
  where(holds: (name: string) => boolean): readonly FrameReceiver[] {
    return [...this.#byName].flatMap(([name, receivers]) => (holds(name) ? receivers : []));
  }
}
