import { ConsolePage } from './support/consolePage.ts';
import { expect, test } from './support/fixtures.ts';
import { Gateway } from './support/gateway.ts';

// How long it may take is judged by the benchmarks; a machine that runs tests is too busy for that.
test('the built gateway serves the page', async ({ page }) => {
  const gateway = new Gateway();
  try {
    const began = performance.now();
    await gateway.start();
    const response = await page.request.get(gateway.address);
    const served = performance.now() - began;
    expect(response.status()).toBe(200);
    expect(await response.text()).toContain('<script type="module"');

    const tab = new ConsolePage(page);
    await tab.open(gateway.address);
    console.log(
      `cold start: served after ${served.toFixed(0)} ms, usable after ${(performance.now() - began).toFixed(0)} ms`,
    );
    expect(tab.errors).toEqual([]);
  } finally {
    await gateway.dispose();
  }
});
