import { expect } from '@playwright/test';
import { clusterTest as test } from './support/cluster.ts';
import { gone, Tab } from './support/clusterTab.ts';
import { expectLines } from './support/consolePage.ts';

const lines = 60;
const printing = `for i in $(seq 1 ${lines}); do echo line $i; sleep 0.1; done`;

test('a page on each gateway shows the same session; killing one, or a silo, ends neither page', async ({
  cluster,
  context,
  keys,
}) => {
  // Opened at once, when the gateways may not have heard of each other: what the page may do later does not hang on that.
  const [first, second] = cluster.pair;
  const one = await Tab.open(context, first.address, keys.key);
  const other = await Tab.open(context, `${second.address}/s/${one.session}`);
  await cluster.known();

  await test.step('both show what one of them does', async () => {
    await one.send('/shell {"command": "echo from one"}');
    await expect(other.output(other.cards)).toHaveText('from one\n');
    await other.send('/shell {"command": "echo from the other"}');
    await expect(one.output(one.cards.nth(1))).toHaveText('from the other\n');
    await one.ended(2);
  });

  await test.step('kill -9 of a gateway amid a batch', async () => {
    await one.send(`/shell {"command": "${printing}"}`, `/shell {"command": "${printing}"}`);
    for (const i of [2, 3]) await expect(one.output(one.cards.nth(i))).toContainText('line 3');
    const killedAt = Date.now();
    await first.kill();
    await one.movedTo(second);
    test.info().annotations.push({ type: 'went on after', description: `${Date.now() - killedAt} ms` });
    await one.screenshot('50-at-another-gateway');
    await one.ended(3);
    await other.ended(3);
    const cards = await one.shown();
    for (const i of [2, 3]) expectLines(cards[i]?.output[0], lines);
    expect(await other.shown()).toEqual(cards);
    expect(await one.texts()).toEqual(await other.texts());
  });

  await test.step('requests follow the page', async () => {
    const asked = one.page.waitForResponse((response) => new URL(response.url()).pathname === '/v1/tools');
    await one.by('session-settings').click();
    expect((await asked).url()).toBe(`${second.address}/v1/tools`);
    await expect(one.by('settings')).toContainText('web_scrape');
    await one.page.keyboard.press('Escape');
  });

  await test.step('kill -9 of a silo amid a batch', async () => {
    await one.send(...[1, 2].map(() => `/shell {"command": "${printing}", "idempotent": true}`));
    for (const i of [4, 5]) await expect(one.output(one.cards.nth(i))).toContainText('line 3');
    await cluster.silos[0]?.end('SIGKILL');
    await one.ended(4);
    await other.ended(4);
    const cards = await one.shown();
    expect(cards.map((card) => card.state)).toEqual(Array(6).fill('completed'));
    for (const i of [4, 5]) expectLines(cards[i]?.output[0], lines);
    expect(await other.shown()).toEqual(cards);
  });

  await test.step('the gateway is back, the other one goes', async () => {
    await first.start();
    await cluster.known();
    await second.kill();
    await one.movedTo(first);
    await one.send('/shell {"command": "echo home"}');
    await expect(one.output(one.cards.nth(6))).toHaveText('home\n');
    await expect(other.output(other.cards.nth(6))).toHaveText('home\n');
  });
  expect([...one.errors, ...other.errors].filter((error) => !gone.test(error))).toEqual([]);
});

test('gateways that are restarted one after the other send their pages on, each once', async ({
  cluster,
  context,
  keys,
}) => {
  await cluster.known();
  const [first, second] = cluster.pair;
  const tab = await Tab.open(context, first.address, keys.key);
  await tab.send(`/shell {"command": "${printing}"}`);
  await expect(tab.output(tab.cards)).toContainText('line 3');
  const before = tab.sockets;

  expect(await first.stop()).toBe(0);
  await tab.movedTo(second);
  await first.start();
  await tab.ended(1);
  expect(tab.sockets - before).toBe(1);

  await cluster.known();
  await tab.send(`/shell {"command": "${printing}"}`);
  await expect(tab.output(tab.cards.nth(1))).toContainText('line 3');
  expect(await second.stop()).toBe(0);
  await tab.movedTo(first);
  await tab.ended(2);
  expect(tab.sockets - before).toBe(2);

  for (const card of await tab.shown()) expectLines(card.output[0], lines);
  expect(tab.errors.filter((error) => !gone.test(error))).toEqual([]);
});
