import { ConsolePage, expectLines } from './support/consolePage.ts';
import { expect, test } from './support/fixtures.ts';

const directives = [
  '/shell {"command": "for i in $(seq 1 20); do echo line $i; sleep 0.2; done"}',
  '/shell {"command": "dotnet --info"}',
  '/file_write {"path": "notes/hello.md", "content": "# hello"}',
  '/computer {}',
];

test('four tools run in parallel, live in two tabs, and again after a reload', async ({ tab, context }) => {
  await expect(tab.page.getByTestId('welcome')).toBeVisible();
  await tab.screenshot('01-welcome');

  await tab.send(...directives);
  await expect(tab.cards).toHaveCount(4);
  const loop = tab.cards.nth(0);
  await expect(tab.output(loop)).toContainText('line 3');
  await expect(loop).toHaveAttribute('data-state', 'executing');
  await expect(loop.getByTestId('tool-elapsed')).not.toBeEmpty();
  await expect(tab.replies.last()).toHaveAttribute('data-state', 'paused_for_tools');
  await expect(tab.cards.nth(3)).toHaveAttribute('data-state', 'completed');
  await expect(tab.page.getByTestId('batch-eta')).toBeVisible();
  await tab.screenshot('02-running');

  const second = new ConsolePage(await context.newPage());
  await second.open(tab.page.url());
  await expect(second.cards).toHaveCount(4);
  await expect(second.cards.nth(0)).toHaveAttribute('data-state', 'executing');
  await expect(second.output(second.cards.nth(0))).toContainText('line 3');

  for (const each of [tab, second]) {
    await expect(each.replies).toHaveCount(1);
    await expect(each.replies).toHaveAttribute('data-state', 'completed');
    await expect(each.page.getByTestId('batch-bar')).toHaveAttribute('data-state', 'completed');
    await expect(each.page.getByTestId('batch-progress')).toHaveAttribute('aria-valuenow', '100');
  }
  await tab.screenshot('03-completed');
  const [cards, texts] = [await tab.shown(), await tab.texts()];
  expect(cards.map((card) => [card.tool, card.state])).toEqual([
    ['shell', 'completed'],
    ['shell', 'completed'],
    ['file_write', 'completed'],
    ['computer', 'completed'],
  ]);
  expectLines(cards[0]?.output[0], 20);
  expect(cards[1]?.output[0]).toContain('.NET SDK');
  expect(texts.at(-1)).toContain('All 4 tools completed.');
  expect(await second.shown()).toEqual(cards);
  expect(await second.texts()).toEqual(texts);

  await tab.page.reload();
  await tab.live();
  expect(await tab.shown()).toEqual(cards);
  expect(await tab.texts()).toEqual(texts);
  await tab.screenshot('04-reloaded');

  await tab.page.setViewportSize({ width: 390, height: 844 });
  await tab.screenshot('05-phone');
  await tab.page.setViewportSize({ width: 1280, height: 800 });
  await tab.page.emulateMedia({ colorScheme: 'dark' });
  await tab.screenshot('06-dark');
  expect([...tab.errors, ...second.errors]).toEqual([]);
});

test('one tool is cancelled, then all', async ({ tab }) => {
  const endless = '/shell {"command": "echo up; while :; do sleep 0.1; done"}';
  await tab.send(endless, endless, endless, '/computer {}');
  await expect(tab.cards).toHaveCount(4);
  for (const i of [0, 1, 2]) await expect(tab.output(tab.cards.nth(i))).toContainText('up');

  await tab.cards.nth(0).getByTestId('tool-cancel').click();
  await expect(tab.cards.nth(0)).toHaveAttribute('data-state', 'cancelled');
  await expect(tab.cards.nth(1)).toHaveAttribute('data-state', 'executing');
  await tab.screenshot('07-one-cancelled');

  await tab.page.getByTestId('batch-cancel').click();
  await expect(tab.page.getByTestId('batch-bar')).toHaveAttribute('data-state', 'cancelled');
  await expect(tab.replies).toHaveAttribute('data-state', 'completed');
  expect((await tab.shown()).map((card) => card.state)).toEqual(['cancelled', 'cancelled', 'cancelled', 'completed']);
  await tab.screenshot('08-all-cancelled');
  expect(tab.errors).toEqual([]);
});

test('plain text is answered with help', async ({ tab }) => {
  await tab.send('hello');

  await expect(tab.replies).toHaveAttribute('data-state', 'completed');
  expect((await tab.texts()).at(-1)).toContain('/shell');
  await tab.screenshot('09-help');
  expect(tab.errors).toEqual([]);
});

test('a wrong call fails alone and says why', async ({ tab }) => {
  await tab.send('/shell {"comand": "ls"}', '/nothing {}', '/shell {"command": "echo wrong >&2; exit 3"}', '/computer {}');

  await expect(tab.replies).toHaveAttribute('data-state', 'completed');
  expect((await tab.shown()).map((card) => [card.state, card.error])).toEqual([
    ['failed', 'invalid_arguments'],
    ['failed', 'unknown_tool'],
    ['failed', 'exit_code'],
    ['completed', undefined],
  ]);
  await tab.screenshot('10-failed');
  expect(tab.errors).toEqual([]);
});
