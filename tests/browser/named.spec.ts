import { AxeBuilder } from '@axe-core/playwright';
import type { ConsolePage } from './support/consolePage.ts';
import { expect, test } from './support/fixtures.ts';

interface Added {
  readonly name: string;
  readonly command: string;
  readonly pattern?: string;
  readonly depends?: string;
}

async function add(tab: ConsolePage, { name, command, pattern, depends }: Added): Promise<void> {
  await tab.by('process-add').click();
  await tab.by('process-name').fill(name);
  await tab.by('process-command').fill(command);
  if (pattern !== undefined) {
    await tab.by('process-ready').selectOption('pattern');
    await tab.by('process-pattern').fill(pattern);
  }
  if (depends !== undefined) await tab.by('process-depends').fill(depends);
  await tab.by('process-add-do').click();
  await expect(tab.by('process-dialog')).toBeHidden();
}

const row = (tab: ConsolePage, name: string) => tab.page.locator(`[data-testid=process][data-name=${name}]`);
const state = (tab: ConsolePage, name: string, wanted: string) =>
  expect(row(tab, name)).toHaveAttribute('data-state', wanted);

test('processes are added, wait for each other, come back when they are killed, and stay over a reload', async ({
  tab,
}) => {
  await tab.by('session-processes').click();
  await expect(tab.by('processes-none')).toBeVisible();
  await add(tab, {
    name: 'db',
    command: 'until [ -e go ]; do sleep 0.05; done; echo up; exec sleep 1000',
    pattern: '^up',
  });
  await add(tab, {
    name: 'web',
    command: 'echo "pid $$"; echo listening on 3000; exec sleep 1000',
    pattern: 'listening',
    depends: 'db:ready',
  });
  await state(tab, 'db', 'running');
  await state(tab, 'web', 'waiting');
  await expect(row(tab, 'web').getByTestId('process-note')).toHaveText('for db');
  await tab.send('/shell {"command": "touch go"}');
  await state(tab, 'db', 'ready');
  await state(tab, 'web', 'ready');

  const output = tab.by('process-output').locator('[data-testid=tool-output][data-stream=stdout]');
  await expect(output).toContainText('listening on 3000');
  const pid = /pid (\d+)/.exec((await output.textContent()) ?? '')?.[1];
  await tab.send(`/shell ${JSON.stringify({ command: `kill -9 ${pid}` })}`);
  await expect(row(tab, 'web').getByTestId('process-restarts')).toHaveText('1 restart');
  await state(tab, 'web', 'ready');
  await expect(output).not.toContainText(`pid ${pid}`);
  await expect(output).toContainText('listening on 3000');
  await expect(row(tab, 'web').getByTestId('process-up')).toHaveText(/\d/);
  await tab.screenshot('70-processes');
  const { violations } = await new AxeBuilder({ page: tab.page }).include('[data-testid=named-processes]').analyze();
  expect(violations.map((violation) => violation.id)).toEqual([]);

  await tab.page.reload();
  await tab.live();
  await state(tab, 'web', 'ready');
  await expect(output).toContainText('listening on 3000');

  await row(tab, 'web').getByTestId('process-restart').click();
  await expect(row(tab, 'web').getByTestId('process-restarts')).toHaveCount(0);
  await state(tab, 'web', 'ready');
  for (const name of ['web', 'db']) {
    await row(tab, name).getByTestId('process-stop').click();
    await state(tab, name, 'stopped');
    await row(tab, name).getByTestId('process-remove').click();
    await expect(row(tab, name)).toHaveCount(0);
  }
  await expect(tab.by('processes-none')).toBeVisible();
  expect(tab.errors).toEqual([]);
});

test('the panel is in front of the conversation on a phone', async ({ tab }) => {
  await tab.page.setViewportSize({ width: 390, height: 780 });
  await tab.by('session-processes').click();
  await add(tab, { name: 'clock', command: 'while :; do date +%s; sleep 0.2; done' });
  await state(tab, 'clock', 'running');
  await expect(tab.by('process-output').locator('[data-testid=tool-output]')).toContainText(/\d{10}/);
  const sideways = await tab.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(sideways).toBeLessThanOrEqual(0);
  await tab.screenshot('71-processes-phone');
  await row(tab, 'clock').getByTestId('process-stop').click();
  await state(tab, 'clock', 'stopped');
  await tab.by('processes-close').click();
  await expect(tab.by('named-processes')).toHaveCount(0);
});
