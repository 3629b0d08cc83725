import { expect, test } from './support/fixtures.ts';

test('wide tables scroll, and words in them stay whole', async ({ tab, model }) => {
  await tab.page.setViewportSize({ width: 390, height: 844 });
  const names = ['Identifier', 'Configuration', 'Responsibilities', 'Acknowledgement', 'Interoperability', 'Remarks'];
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  const table = [
    row(names),
    row(names.map(() => '---')),
    row(names.map((name) => `${name.toLowerCase()} of something that has a longer explanation`)),
    row(names.map((name) => `\`${name}.value\``)),
  ].join('');
  await tab.sendTo('openai', 'a table');
  const call = await model.asked();
  call.says(`Before.\n\n${table}\nAfter ${'x'.repeat(200)}.`);
  call.ends();
  await tab.ended(1);
  const scroller = tab.page.locator('.table-scroll');
  await expect(scroller).toBeVisible();
  const sizes = await scroller.evaluate((element) => {
    // A word is whole if it is on one line.
    const broken: string[] = [];
    const range = document.createRange();
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      for (const match of (node.textContent ?? '').matchAll(/[\w.]+/g)) {
        range.setStart(node, match.index);
        range.setEnd(node, match.index + match[0].length);
        if (new Set([...range.getClientRects()].map((rect) => Math.round(rect.top))).size > 1) broken.push(match[0]);
      }
    }
    return { broken, scrolls: element.scrollWidth > element.clientWidth };
  });
  expect(sizes).toEqual({ broken: [], scrolls: true });
  expect(await tab.page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await scroller.focus();
  await tab.page.keyboard.press('End');
  await tab.page.keyboard.press('ArrowRight');
  await expect.poll(() => scroller.evaluate((element) => element.scrollLeft)).toBeGreaterThan(0);
  await tab.screenshot('36-table');
  expect(tab.errors).toEqual([]);
});
