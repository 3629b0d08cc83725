import type { View, ViewBatch, ViewExecution, ViewMessage } from '../wire/view.ts';

/** Writable inside the fold only; nothing outside ever sees one that changes. */
export type Draft<T> = { -readonly [K in keyof T]: T[K] };

/** A view being changed. Copies what it touches once, however many events are folded; what it does not touch is shared with the view it began from. */
export class ViewDraft {
  readonly #owned = new WeakSet<object>();
  #view: View;
  #messages: ViewMessage[] | undefined;
  #batches: Record<string, ViewBatch> | undefined;
  #executions: Record<string, ViewExecution> | undefined;

  constructor(view: View) {
    this.#view = view;
  }

  /** The view so far. Take it once, at the end. */
  get view(): View {
    return this.#view;
  }

  set(changes: Partial<View>): void {
    if (changes.messages) this.#messages = undefined;
    if (changes.batches) this.#batches = undefined;
    if (changes.executions) this.#executions = undefined;
    this.#view = { ...this.#view, ...changes };
  }

  /** Leaves nothing but parameters, owner and members. */
  reset(): void {
    this.set({ messages: [], batches: {}, executions: {} });
    const { leftOut: _, processes: __, ...rest } = this.#view;
    this.#view = rest;
  }

  /** Another view in which messages, batches and executions are the same. */
  replace(view: View): void {
    this.#view = view;
  }

  /** The message to write to, or `undefined` if the view does not (or no longer) hold it. */
  message(id: string): Draft<ViewMessage> | undefined {
    const at = this.#view.messages.findLastIndex((m) => m.id === id);
    const found = this.#view.messages[at];
    if (found === undefined) return undefined;
    const mine = this.#own(found);
    this.#writableMessages()[at] = mine;
    return mine;
  }

  addMessage(message: ViewMessage): void {
    this.#writableMessages().push(message);
    this.#owned.add(message);
  }

  batch(id: string): Draft<ViewBatch> | undefined {
    const found = this.#view.batches[id];
    return found === undefined ? undefined : this.putBatch(id, this.#own(found));
  }

  putBatch(id: string, batch: ViewBatch): Draft<ViewBatch> {
    if (this.#batches === undefined) {
      this.#batches = { ...this.#view.batches };
      this.#view = { ...this.#view, batches: this.#batches };
    }
    this.#owned.add(batch);
    this.#batches[id] = batch;
    return batch;
  }

  execution(id: string): Draft<ViewExecution> | undefined {
    const found = this.#view.executions[id];
    return found === undefined ? undefined : this.putExecution(id, this.#own(found));
  }

  putExecution(id: string, execution: ViewExecution): Draft<ViewExecution> {
    if (this.#executions === undefined) {
      this.#executions = { ...this.#view.executions };
      this.#view = { ...this.#view, executions: this.#executions };
    }
    this.#owned.add(execution);
    this.#executions[id] = execution;
    return execution;
  }

  #own<T extends object>(value: T): Draft<T> {
    return this.#owned.has(value) ? value : { ...value };
  }

  #writableMessages(): ViewMessage[] {
    if (this.#messages === undefined) {
      this.#messages = [...this.#view.messages];
      this.#view = { ...this.#view, messages: this.#messages };
    }
    return this.#messages;
  }
}
