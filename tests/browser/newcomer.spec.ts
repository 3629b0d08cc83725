import { ConsolePage, expectLines } from './support/consolePage.ts';
import { expect, test } from './support/fixtures.ts';

const directives = [
  '/shell {"command": "for i in $(seq 1 20); do echo line $i; sleep 0.2; done"}',
  '/shell {"command": "dotnet --info"}',
  '/file_write {"path": "notes/hello.md", "content": "# hello"}',
  '/computer {}',
];

test('four tools run in parallel, and are there again after a reload', async ({ tab }) => {
  await expect(tab.page.getByTestId('welcome')).toBeVisible();
  await tab.screenshot('01-welcome');

  await tab.send(...directives);
  await expect(tab.cards).toHaveCount(4);
  await expect(tab.output(tab.cards.nth(0))).toContainText('line 3');
  await tab.screenshot('02-running');

  await expect(tab.replies).toHaveCount(1);
  await expect(tab.replies).toHaveAttribute('data-state', 'completed');
  await expect(tab.page.getByTestId('batch-bar')).toHaveAttribute('data-state', 'completed');
  await expect(tab.page.getByTestId('batch-progress')).toHaveAttribute('aria-valuenow', '100');
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
  expect(tab.errors).toEqual([]);
});

test('a second tab and a reload show what runs; one tool is cancelled, then all', async ({ tab, context }) => {
  const endless = '/shell {"command": "for i in $(seq 1 10); do echo line $i; sleep 0.1; done; sleep 1000"}';
  await tab.send(endless, endless, endless, '/computer {}');
  await expect(tab.cards).toHaveCount(4);
  for (const i of [0, 1, 2]) await expect(tab.output(tab.cards.nth(i))).toContainText('line 10');
  await expect(tab.cards.nth(3)).toHaveAttribute('data-state', 'completed');
  await expect(tab.replies).toHaveAttribute('data-state', 'paused_for_tools');
  await expect(tab.by('batch-status')).toHaveText('Running 3 of 4 tools');
  // Nothing is known yet of how long such calls take.
  await expect(tab.by('batch-eta')).toHaveCount(0);
  await expect(tab.cards.nth(0).getByTestId('tool-elapsed')).not.toBeEmpty();
  const running = await tab.shown();
  expect(running.map((card) => card.state)).toEqual(['executing', 'executing', 'executing', 'completed']);
  for (const i of [0, 1, 2]) expectLines(running[i]?.output[0], 10);

  const second = new ConsolePage(await context.newPage());
  await second.open(tab.page.url());
  expect(await second.shown()).toEqual(running);
  await tab.page.reload();
  await tab.live();
  expect(await tab.shown()).toEqual(running);

  await tab.cards.nth(0).getByTestId('tool-cancel').click();
  for (const each of [tab, second]) await expect(each.cards.nth(0)).toHaveAttribute('data-state', 'cancelled');
  await expect(second.cards.nth(1)).toHaveAttribute('data-state', 'executing');
  await tab.screenshot('07-one-cancelled');

  await second.page.getByTestId('batch-cancel').click();
  for (const each of [tab, second]) {
    await expect(each.page.getByTestId('batch-bar')).toHaveAttribute('data-state', 'cancelled');
    await expect(each.replies).toHaveAttribute('data-state', 'cancelled');
  }
  const cards = await tab.shown();
  expect(cards.map((card) => card.state)).toEqual(['cancelled', 'cancelled', 'cancelled', 'completed']);
  expect(await second.shown()).toEqual(cards);
  await tab.screenshot('08-all-cancelled');
  expect([...tab.errors, ...second.errors]).toEqual([]);
});

test('plain words are arguments; what has run is run again, and then says how long it takes', async ({ tab }) => {
  await tab.by('example').nth(1).click();
  await expect(tab.by('composer')).toHaveValue('/shell ls -la');
  await tab.send('/shell echo one; sleep 2', '/shell {"command": ls}');
  await tab.ended(1);
  expect((await tab.shown()).map((card) => [card.state, card.error])).toEqual([
    ['completed', undefined],
    ['failed', 'invalid_arguments'],
  ]);
  await expect(tab.cards.nth(1).getByTestId('tool-error')).toContainText('in line 2, at character 20');
  await expect(tab.cards.nth(0).getByTestId('tool-elapsed')).toHaveText(/^2\.\d s$/);

  await tab.cards.nth(0).getByTestId('tool-again').click();
  await expect(tab.by('batch-eta')).toHaveText(/^about [12] s left$/);
  await expect(tab.cards.nth(2)).toHaveAttribute('data-state', 'completed');
  await expect(tab.output(tab.cards.nth(2))).toHaveText('one\n');
  await tab.by('batch-retry-failed').click();
  await expect(tab.by('notice')).toContainText('Running again');

  await tab.by('composer').press('ArrowUp');
  await expect(tab.by('composer')).toHaveValue('/shell echo one; sleep 2\n/shell {"command": ls}');
  await tab.by('composer').fill('');
  await tab.by('message-edit').first().click();
  await tab.by('message-editor').fill('/shell echo two');
  await tab.by('message-editor-send').click();
  await tab.ended(2);
  await expect(tab.output(tab.cards.last())).toHaveText('two\n');
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
  await tab.send(
    '/shell {"comand": "ls"}',
    '/nothing {}',
    '/shell {"command": "echo wrong >&2; exit 3"}',
    '/computer {}',
  );

  await expect(tab.replies).toHaveAttribute('data-state', 'completed');
  expect((await tab.shown()).map((card) => [card.state, card.error])).toEqual([
    ['failed', 'invalid_arguments'],
    ['failed', 'unknown_tool'],
    ['failed', 'exit_code'],
    ['completed', undefined],
  ]);
  await expect(tab.by('batch-status')).toHaveText('Done with failures');
  await tab.screenshot('10-failed');
  expect(tab.errors).toEqual([]);
});
