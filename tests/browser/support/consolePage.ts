import { resolve } from 'node:path';
import { type APIResponse, expect, type Locator, type Page } from '@playwright/test';

const screenshots = resolve(import.meta.dirname, '../../../artifacts/test-results/screenshots');

/** What a card shows. */
export interface Card {
  readonly tool: string;
  readonly state: string;
  readonly attempt: string;
  readonly output: readonly string[];
  readonly error: string | undefined;
}

/** The page in one tab, by its test ids. */
export class ConsolePage {
  readonly page: Page;
  /** What the browser logged as an error. */
  readonly errors: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.errors.push(`${error.name}: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') this.errors.push(message.text());
    });
  }

  get cards(): Locator {
    return this.page.getByTestId('tool-card');
  }

  get replies(): Locator {
    return this.page.locator('[data-testid=message][data-role=assistant]');
  }

  get connection(): Locator {
    return this.page.getByTestId('connection-state');
  }

  /** The session that is shown. */
  get session(): string {
    return new URL(this.page.url()).pathname.split('/').at(-1) ?? '';
  }

  /** Asks the server, past the page. */
  get(path: string): Promise<APIResponse> {
    return this.page.request.get(new URL(path, this.page.url()).href);
  }

  post(path: string, data: object): Promise<APIResponse> {
    return this.page.request.post(new URL(path, this.page.url()).href, { data });
  }

  async open(address: string): Promise<void> {
    await this.page.goto(address);
    await this.live();
  }

  /** Waits until the session is shown and follows the server. */
  async live(): Promise<void> {
    await expect(this.connection).toHaveAttribute('data-state', 'online');
    await expect(this.page.getByTestId('session')).toHaveAttribute('data-status', 'live');
    await expect(this.page.getByTestId('session')).toHaveAttribute('data-loaded', 'true');
  }

  /** Presses "try now", unless the page has come back by itself since, then waits as `live` does. */
  async comeBack(button: 'connection-retry' | 'unreachable-retry'): Promise<void> {
    await this.by(button).evaluateAll((buttons: HTMLElement[]) => {
      for (const one of buttons) one.click();
    });
    await this.live();
  }

  /** Sends a message once no dialog is open: what is behind one takes no keys, as for a reader. */
  async send(...lines: string[]): Promise<void> {
    await expect(this.page.locator('dialog[open]')).toHaveCount(0);
    await this.page.getByTestId('composer').fill(lines.join('\n'));
    await this.page.getByTestId('send').click();
  }

  /** Sends to a model by name, for this message and those after it. */
  async sendTo(model: string, text: string): Promise<void> {
    await this.page.getByTestId('model').fill(model);
    await this.send(text);
  }

  by(testId: string): Locator {
    return this.page.getByTestId(testId);
  }

  get reply(): Locator {
    return this.replies.last();
  }

  async ended(replies: number): Promise<void> {
    await expect(this.replies).toHaveCount(replies);
    await expect(this.reply).toHaveAttribute('data-state', /^(completed|error|cancelled)$/);
  }

  output(card: Locator): Locator {
    return card.locator('[data-testid=tool-output][data-stream=stdout]');
  }

  async shown(): Promise<Card[]> {
    return this.cards.evaluateAll((elements) =>
      elements.map((card) => ({
        tool: card.getAttribute('data-tool') ?? '',
        state: card.getAttribute('data-state') ?? '',
        attempt: card.getAttribute('data-attempt') ?? '',
        output: [...card.querySelectorAll('[data-testid=tool-output]')].map((o) => o.textContent ?? ''),
        error: card.querySelector('[data-testid=tool-error]')?.getAttribute('data-code') ?? undefined,
      })),
    );
  }

  async texts(): Promise<string[]> {
    return this.page.getByTestId('message-text').allInnerTexts();
  }

  async screenshot(name: string): Promise<void> {
    await this.page.screenshot({ path: resolve(screenshots, `${name}.png`), animations: 'disabled' });
  }
}

/** The lines of an output that has numbered ones, each of which must be there once and in order. */
export function expectLines(output: string | undefined, count: number): void {
  const lines = (output ?? '').trimEnd().split('\n');
  expect(lines).toEqual(Array.from({ length: count }, (_, i) => `line ${i + 1}`));
}
