import type { Session } from '@toolruntime/client';

/** Characters of one command, so that its bytes are surely fewer than it may have. */
const part = 16_000;

/** Sends what is typed, in order; what is typed while an answer is awaited goes out together. */
export class Keys {
  readonly #session: Session;
  readonly #executionId: string;
  readonly #window: string;
  readonly #refused: (error: unknown) => void;
  #waiting = '';
  #sending = false;

  constructor(session: Session, executionId: string, window: string, refused: (error: unknown) => void) {
    this.#session = session;
    this.#executionId = executionId;
    this.#window = window;
    this.#refused = refused;
  }

  type(text: string): void {
    this.#waiting += text;
    if (!this.#sending) void this.#send();
  }

  async #send(): Promise<void> {
    this.#sending = true;
    try {
      while (this.#waiting !== '') {
        const text = firstPart(this.#waiting);
        this.#waiting = this.#waiting.slice(text.length);
        await this.#session.typeInto(this.#executionId, this.#window, text);
      }
    } catch (error) {
      this.#waiting = '';
      this.#refused(error);
    } finally {
      this.#sending = false;
    }
  }
}

/** Not in the middle of a character. */
export function firstPart(text: string, most = part): string {
  if (text.length <= most) return text;
  const last = text.charCodeAt(most - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? most - 1 : most);
}
