import { type BrowserContext, expect } from '@playwright/test';
import { ConsolePage } from './consolePage.ts';
import type { Gateway } from './gateway.ts';

/** What the browser itself logs of a gateway that is gone. */
export const gone = /WebSocket connection to .* failed|ERR_CONNECTION_(REFUSED|RESET)/;

/** A tab of a signed-in browser, by itself. */
export class Tab extends ConsolePage {
  /** Sockets that it has opened. */
  sockets = 0;

  static async open(context: BrowserContext, address: string, key?: string): Promise<Tab> {
    const tab = new Tab(await context.newPage());
    tab.page.on('websocket', () => tab.sockets++);
    await tab.page.goto(address);
    if (key !== undefined) {
      await tab.by('sign-in-key').fill(key);
      await tab.by('sign-in-key').press('Enter');
    }
    await tab.live();
    tab.errors.length = 0; // the browser logs each request that is refused before signing in
    await tab.page.evaluate(() => Object.assign(window, { since: 'the beginning' }));
    return tab;
  }

  /** Waits until it goes on at a gateway, as the same page. */
  async movedTo(gateway: Gateway): Promise<void> {
    await expect(this.connection).toHaveAttribute('data-gateway', gateway.address);
    await this.live();
    const home = new URL(this.page.url()).origin === gateway.address;
    await expect(this.connection).toHaveText(home ? 'Online' : `Online at ${new URL(gateway.address).host}`);
    expect(await this.page.evaluate(() => (window as unknown as { since: string }).since)).toBe('the beginning');
  }
}
