import { ConsolePage } from './support/consolePage.ts';
import { expect, test } from './support/fixtures.ts';
import { openLarge, openShell, rows, shows, type } from './support/pty.ts';

/** Starts something that answers each line. What is typed before it reads may be the shell's. */
async function startCat(tab: ConsolePage): Promise<void> {
  await type(tab, 'echo up; cat -v');
  await shows(tab, /^up/m);
}

test('a shell is typed into, resized, and goes on after a reload', async ({ tab }) => {
  await openShell(tab);
  await type(tab, 'printf "\\033[31mred\\033[0m "; stty size');
  await shows(tab, /red (\d+) (\d+)/);
  const size = async () =>
    /.*red (\d+) (\d+)/s
      .exec(await rows(tab).innerText())
      ?.slice(1)
      .map(Number) ?? [];
  const [lines = 0, columns = 0] = await size();
  expect(lines).toBeGreaterThan(30);
  expect(columns).toBeGreaterThan(100);
  await tab.screenshot('50-pty-shell');

  await tab.page.setViewportSize({ width: 900, height: 600 });
  await expect
    .poll(async () => {
      await type(tab, 'printf "red "; stty size');
      return (await size())[0];
    })
    .toBeLessThan(lines);

  await tab.page.reload();
  await tab.live();
  await openLarge(tab);
  await shows(tab, 'red');
  await type(tab, 'echo $((6 * 7))');
  await shows(tab, /^42/m);
  await type(tab, 'exit');
  await expect(tab.cards.first()).toHaveAttribute('data-state', 'completed');
  expect(tab.errors).toEqual([]);
});

test('vim and less fill the screen and survive a reload; python answers', async ({ tab }) => {
  await openShell(tab);
  await type(tab, 'seq 1 500 > numbers.txt; vim -u NONE numbers.txt');
  await shows(tab, /~|^12$/m);
  await tab.page.keyboard.type('Gohello from vim');
  await shows(tab, 'hello from vim');
  await tab.screenshot('51-pty-vim');
  await tab.page.reload();
  await tab.live();
  await openLarge(tab);
  await shows(tab, 'hello from vim');
  await tab.page.keyboard.press('Escape');
  await type(tab, ':wq');
  await shows(tab, /ready>\s*$/m);
  await type(tab, 'less numbers.txt');
  await shows(tab, /^1$/m);
  await tab.page.keyboard.press('G');
  await shows(tab, 'hello from vim');
  await tab.screenshot('52-pty-less');
  await tab.page.keyboard.press('q');
  await type(tab, 'python3 -q');
  await shows(tab, '>>>');
  await type(tab, 'print(6 * 7)');
  await shows(tab, /^42/m);
  await tab.page.keyboard.press('Control+d');
  await type(tab, 'python3 -c "import getpass; print(len(getpass.getpass()))"');
  await shows(tab, 'Password:');
  await type(tab, 'hunter2-hunter2');
  await shows(tab, /^15/m);
  expect(await rows(tab).innerText()).not.toContain('hunter2');
  expect(await (await tab.get(`/v1/sessions/${tab.session}/events?after=start&limit=1000`)).text()).not.toContain(
    'hunter2-h',
  );
  await tab.screenshot('53-pty-python');
  expect(tab.errors).toEqual([]);
});

test('one window types at a time, another takes over, and the paste is bracketed', async ({ tab, context }) => {
  await openShell(tab);
  const other = new ConsolePage(await context.newPage());
  await other.open(tab.page.url());
  await openLarge(other);
  await expect(other.by('pty').first()).toHaveAttribute('data-right', 'others');
  await shows(other, 'ready>');
  await other.screenshot('54-pty-others');
  await other.by('pty-take').click();
  await expect(other.by('pty')).toHaveAttribute('data-right', 'mine');
  await expect(tab.by('pty')).toHaveAttribute('data-right', 'others');
  await startCat(other);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await type(other, 'from the other window');
  await shows(tab, /from the other window\s+from the other window/);
  await tab.page.bringToFront();
  await tab.page.keyboard.type('nobody reads this');
  await other.page.bringToFront();
  await type(other, 'seen');
  await shows(tab, /seen\s+seen/);
  expect(await rows(tab).innerText()).not.toContain('nobody');
  expect([...tab.errors, ...other.errors]).toEqual([]);
});

test('kill -9 of the server: what was printed is there, and the terminal is said to be lost', async ({
  tab,
  gateway,
}) => {
  await openShell(tab);
  await type(tab, 'echo before the $((40 + 2))');
  await shows(tab, 'before the 42');
  await gateway.kill();
  await expect(tab.connection).toHaveAttribute('data-state', 'offline');
  await gateway.start();
  await tab.live();
  await expect(tab.cards.first()).toHaveAttribute('data-state', 'failed');
  await shows(tab, 'before the 42');
  await expect(tab.by('pty')).toHaveAttribute('data-right', 'over');
  await tab.screenshot('55-pty-lost');
});

test('answers that old output asks for do not reach the program', async ({ tab }) => {
  await openShell(tab);
  // The terminal is asked where its cursor is, and who it is; what it answers now does reach whoever asks.
  // Without echo, since the answers would be shown.
  await type(
    tab,
    `stty -echo; printf '\\033[6n\\033[c'; read -rsd R at; read -rsd c who; stty echo; echo "asked \${#at} \${#who}"`,
  );
  await shows(tab, /^asked [1-9]\d* [1-9]/m);
  await startCat(tab);
  await tab.page.reload();
  await tab.live();
  await openLarge(tab);
  await shows(tab, /^up/m);
  await type(tab, 'end');
  await shows(tab, /end\s+end/);
  expect(await rows(tab).innerText()).not.toMatch(/\^\[\[|\d;\dR/);
  expect(tab.errors).toEqual([]);
});
