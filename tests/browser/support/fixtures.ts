import { test as base } from '@playwright/test';
import { ConsolePage } from './consolePage.ts';
import { Gateway } from './gateway.ts';
import { ModelServer } from './modelServer.ts';

/** A gateway of its own for each test, with a model that the test plays (`openai`, not the default), and the first tab on it. */
export const test = base.extend<{ model: ModelServer; gateway: Gateway; tab: ConsolePage }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures that are needed.
  model: async ({}, use) => {
    const model = new ModelServer();
    await model.start();
    await use(model);
    model.stop();
  },
  gateway: async ({ model }, use) => {
    const gateway = new Gateway(
      ...['--ToolRuntime:Models:OpenAI:BaseUrl', model.baseUrl],
      ...['--ToolRuntime:Models:OpenAI:MaxRetryWait', '00:00:00'],
    );
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
