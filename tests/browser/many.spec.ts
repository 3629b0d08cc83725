import { expect, test } from './support/fixtures.ts';

test('fifty tools: what runs and what failed comes first, filters, a dense view, and the timeline leads to cards', async ({
  tab,
}) => {
  const shell = (command: string) => ({ tool: 'shell', arguments: { command } });
  const calls = Array.from({ length: 50 }, (_, i) => {
    if (i % 10 === 7) return shell(`echo ${i}; exit 3`);
    return i % 10 === 9 ? shell(`echo ${i}; while [ ! -e go ]; do sleep 0.1; done`) : shell(`echo ${i}`);
  });
  const run = { type: 'tools.run', session: tab.session, calls, maxParallel: calls.length };
  expect((await tab.post(`/v1/sessions/${tab.session}/commands`, run)).status()).toBe(200);
  const filter = (name: string) => tab.page.locator(`[data-testid=batch-filter][data-filter=${name}]`);
  await expect(filter('done')).toHaveText('Done 40');
  await expect(filter('running')).toHaveText('Running 5');
  await expect(filter('failed')).toHaveText('Failed 5');
  const places = tab.page.locator('[data-place]');
  await expect(places).toHaveCount(50);
  const states = () =>
    tab.cards.evaluateAll((cards) => cards.slice(0, 11).map((card) => card.getAttribute('data-state')));
  await expect.poll(states).toEqual([...Array(5).fill('executing'), ...Array(5).fill('failed'), 'completed']);
  await tab.screenshot('33-fifty');

  await filter('failed').click();
  await expect(places).toHaveCount(5);
  await expect(tab.cards).toHaveCount(5);
  await filter('done').click();
  await expect(places).toHaveCount(40);

  // A row whose card the filter hides: it is shown, unfolded and has the focus.
  await tab.by('batch-timeline').click();
  await tab.by('timeline-row').nth(27).click();
  await expect(filter('all')).toHaveAttribute('aria-pressed', 'true');
  const card = tab.page.locator('[data-testid=tool-card]', { has: tab.page.getByText('echo 27; exit 3') });
  await expect(card).toBeInViewport();
  await expect(tab.output(card)).toHaveText('27\n');
  await expect(card.locator('.card-fold')).toBeFocused();
  await tab.screenshot('34-revealed');

  await tab.by('batch-dense').click();
  const height = await tab.cards.last().evaluate((element) => element.getBoundingClientRect().height);
  expect(height).toBeLessThan(36);
  await tab.by('feed').evaluate((feed) => {
    feed.scrollTop = 0;
  });
  await tab.screenshot('35-dense');
  await tab.by('batch-cancel').click();
  await expect(tab.by('batch-bar')).toHaveAttribute('data-state', /completed|cancelled/);
  await filter('cancelled').click();
  await expect(places).toHaveCount(5);
  expect(tab.errors).toEqual([]);
});
