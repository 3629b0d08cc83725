import type { ConsolePage } from './support/consolePage.ts';
import { expect, test } from './support/fixtures.ts';

const gap = (tab: ConsolePage) =>
  tab.by('feed').evaluate((feed) => Math.round(feed.scrollHeight - feed.scrollTop - feed.clientHeight));
const top = (tab: ConsolePage) => tab.by('feed').evaluate((feed) => Math.round(feed.scrollTop));

test('the end stays in view while tools print and end, unless the reader has left it', async ({ tab }) => {
  // So low that the top of what is seen lies in a tool's output, which moves: the browser must not follow that.
  await tab.page.setViewportSize({ width: 1280, height: 600 });
  for (const replies of [1, 2]) {
    await tab.send('hello');
    await tab.ended(replies);
  }
  // A click by the mouse would move to the button first.
  const cancel = (card: number) =>
    tab.cards
      .nth(card)
      .getByTestId('tool-cancel')
      .evaluate((button: HTMLElement) => button.click());
  await tab.send(
    '/shell {"command": "for i in $(seq 1 60); do echo line $i; sleep 0.05; done; while [ ! -e a ]; do sleep 0.05; done"}',
    '/shell {"command": "while [ ! -e b ]; do sleep 0.05; done"}',
    '/shell {"command": "exit 3"}',
    '/computer {}',
  );
  await expect(tab.output(tab.cards.nth(0))).toContainText('line 15');
  await tab.by('batch-timeline').click();
  await expect(tab.by('timeline')).toBeVisible();
  await expect(tab.output(tab.cards.nth(0))).toContainText('line 60');
  await expect.poll(() => gap(tab)).toBeLessThan(2);
  await expect(tab.by('to-end')).toHaveCount(0);
  await cancel(1);
  await expect(tab.cards.nth(1)).toHaveAttribute('data-state', 'cancelled');
  await expect.poll(() => gap(tab)).toBeLessThan(2);

  await tab.by('feed').hover();
  await tab.page.mouse.wheel(0, -400);
  await expect(tab.by('to-end')).toBeVisible();
  const [left, bar] = [await top(tab), await tab.by('to-end').boundingBox()];
  const feed = await tab.by('feed').boundingBox();
  expect(bar?.y).toBeGreaterThanOrEqual((feed?.y ?? 0) + (feed?.height ?? 0));
  await cancel(0);
  await tab.ended(3);
  expect(Math.abs((await top(tab)) - left)).toBeLessThan(60);
  await expect(tab.by('to-end')).toBeVisible();

  await tab.by('to-end').click();
  await expect.poll(() => gap(tab)).toBeLessThan(2);
  await expect(tab.by('to-end')).toHaveCount(0);

  await tab.by('feed').focus();
  await tab.page.keyboard.press('PageUp');
  await expect(tab.by('to-end')).toBeVisible();
  await tab.send('hello');
  await tab.ended(4);
  await expect.poll(() => gap(tab)).toBeLessThan(2);
  expect(tab.errors).toEqual([]);
});

test('messages from before the newest 200 are fetched, page by page, without moving what is read', async ({ tab }) => {
  // 130 messages and 130 replies. The answer to each comes when its reply has ended; the page need not look on.
  const { session } = tab;
  const address = tab.page.url();
  await tab.page.goto('about:blank');
  for (let i = 1; i <= 130; i++) {
    const sent = await tab.page.request.post(new URL(`/v1/sessions/${session}/messages`, address).href, {
      headers: { accept: 'text/event-stream' },
      data: { text: `question ${i}` },
    });
    expect(await sent.text()).toContain('completed');
  }
  await tab.open(address);
  const questions = tab.page.locator('[data-testid=message][data-role=user] [data-testid=message-text]');
  const items = tab.by('feed-item');
  await expect(items).toHaveCount(200);
  const toTop = () =>
    tab.by('feed').evaluate((feed) => {
      feed.scrollTop = 0;
    });
  await toTop();
  await expect(questions.first()).toHaveText('question 31');

  const before = await questions.first().boundingBox();
  await tab.by('older').click();
  await expect(items).toHaveCount(250);
  const marked = tab.page.locator('[data-testid=message-text]').filter({ hasText: /^question 31$/ });
  expect(Math.abs(((await marked.boundingBox())?.y ?? 0) - (before?.y ?? 0))).toBeLessThan(60);
  await tab.screenshot('30-older');
  await toTop();
  await expect(questions.first()).toHaveText('question 6');
  await tab.by('older').click();
  await expect(items).toHaveCount(260);
  await expect(tab.by('older')).toHaveCount(0);
  expect(await asked(tab)).toEqual(Array.from({ length: 130 }, (_, i) => `question ${i + 1}`));

  // What leaves the view meanwhile stays on the page.
  await tab.send('question 131');
  await expect(items).toHaveCount(262);
  await expect(items.last().locator('[data-role=assistant]')).toHaveAttribute('data-state', 'completed');
  expect(await asked(tab)).toEqual(Array.from({ length: 131 }, (_, i) => `question ${i + 1}`));
  expect(tab.errors).toEqual([]);
});

/** All questions, each scrolled to: only what is near to what is seen is drawn. */
function asked(tab: ConsolePage): Promise<string[]> {
  return tab.page.evaluate(async () => {
    const texts: string[] = [];
    for (const item of document.querySelectorAll<HTMLElement>('[data-testid=feed-item]')) {
      while (item.dataset.shown !== 'true') {
        if (!item.isConnected) throw new Error(`An item left the page after ${texts.at(-1)}`);
        item.scrollIntoView();
        await new Promise(requestAnimationFrame);
      }
      const question = item.querySelector('[data-role=user] [data-testid=message-text]');
      if (question !== null) texts.push(question.textContent ?? '');
    }
    return texts;
  });
}
