import type { JsonObject } from '../wire/json.ts';

/** What is typed into one execution. */
export interface ToolInput {
  readonly data?: string;
  readonly end?: true;
  /** Which window types; for terminals. */
  readonly as?: string;
}

/** Sends input of one execution in order: each part once the one before it is answered, since one that has to wait must not be overtaken. */
export class ToolInputs {
  readonly #last = new Map<string, Promise<unknown>>();
  readonly #send: (executionId: string, input: ToolInput) => Promise<JsonObject>;

  constructor(send: (executionId: string, input: ToolInput) => Promise<JsonObject>) {
    this.#send = send;
  }

  write(executionId: string, input: ToolInput): Promise<JsonObject> {
    const before = this.#last.get(executionId);
    const send = () => this.#send(executionId, input);
    const answered = before === undefined ? send() : before.then(send, send);
    this.#last.set(executionId, answered);
    const forget = () => {
      if (this.#last.get(executionId) === answered) this.#last.delete(executionId);
    };
    answered.then(forget, forget);
    return answered;
  }
}
