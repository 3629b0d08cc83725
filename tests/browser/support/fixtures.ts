import { test as base } from '@playwright/test';
import { ConsolePage } from './consolePage.ts';
import { Gateway } from './gateway.ts';

/** A gateway of its own for each test, and the first tab on it. */
export const test = base.extend<{ gateway: Gateway; tab: ConsolePage }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures that are needed.
  gateway: async ({}, use) => {
    const gateway = new Gateway();
    try {
      await gateway.start();
      await use(gateway);
    } finally {
      await gateway.dispose();
    }
  },
  tab: async ({ page, gateway }, use) => {
    const tab = new ConsolePage(page);
    await tab.open(gateway.address);
    await use(tab);
  },
});

export { expect } from '@playwright/test';
