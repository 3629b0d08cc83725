import { ConsolePage } from './support/consolePage.ts';
import { expect, test } from './support/fixtures.ts';
import { Postgres } from './support/postgres.ts';
import { lines, modes, openLarge, openShell, picture, rows, shows, type } from './support/pty.ts';

/** Reloads the page in the middle of what a program shows: it shows the same, to the pixel. */
async function looksTheSameAfterReload(tab: ConsolePage, text: string | RegExp): Promise<void> {
  const before = await picture(tab);
  await tab.page.reload();
  await tab.live();
  await openLarge(tab);
  await shows(tab, text);
  await expect.poll(async () => (await picture(tab)).equals(before)).toBe(true);
}

test('tmux: two panes look the same after a reload, and go on', async ({ tab }) => {
  await openShell(tab);
  // The bar below shows the name of whatever runs just then.
  await type(tab, "echo 'set -g status off' > tmux.conf");
  await type(tab, 'tmux -S tmux.sock -f tmux.conf new "PS1=left\\> bash --norc"');
  await shows(tab, 'left>');
  await tab.page.keyboard.press('Control+b');
  await tab.page.keyboard.type('%');
  await shows(tab, /[│]/);
  await type(tab, "clear; PS1='right> '; seq 3 | sed s/^/line/");
  await shows(tab, /line3/);
  await shows(tab, 'right>');
  await looksTheSameAfterReload(tab, 'line3');
  await tab.screenshot('56-pty-tmux');
  await type(tab, 'echo $((6 * 7))');
  await shows(tab, '42');
  await type(tab, 'tmux -S tmux.sock kill-server');
  await shows(tab, /^ready> /m);
  expect(tab.errors).toEqual([]);
});

test('vim after more than what is kept of it: its modes and its picture are there after a reload, and in another window', async ({
  tab,
  context,
}) => {
  await openShell(tab);
  await type(tab, `seq 1 2000 | sed 's/.*/int n& = &; \\/\\/ line &/' > many.c`);
  await type(tab, "vim -Nu NONE '+set mouse=a ruler' '+syntax on' many.c");
  await shows(tab, 'int n1 = 1; // line 1');
  await type(tab, ':for i in range(100) | redraw! | endfor');
  await type(tab, ':put =59*71 | redraw!');
  await shows(tab, '4189');
  const known = await modes(tab);
  expect(known).toMatchObject({ screen: 'alternate', bracketedPasteMode: true, applicationCursorKeysMode: true });
  expect(known).not.toMatchObject({ mouseTrackingMode: 'none' });

  const other = new ConsolePage(await context.newPage());
  await other.open(tab.page.url());
  await openLarge(other);
  await shows(other, '4189');
  expect(await modes(other)).toEqual(known);
  await expect.poll(() => lines(other)).toEqual(await lines(tab));
  await other.screenshot('65-pty-vim-others');
  await other.page.close();

  await tab.page.bringToFront();
  const before = await picture(tab);
  await tab.page.reload();
  await tab.live();
  await openLarge(tab);
  await shows(tab, '4189');
  expect(await modes(tab)).toEqual(known);
  await tab.screenshot('66-pty-vim-late');
  await expect.poll(async () => (await picture(tab)).equals(before)).toBe(true);
  await type(tab, ':q!');
  await shows(tab, /ready>\s*$/m);
  expect(await rows(tab).innerText()).not.toContain('line 20');
  expect([...tab.errors, ...other.errors]).toEqual([]);
});

test('htop draws itself anew after a reload', async ({ tab }) => {
  await openShell(tab);
  await type(tab, 'htop --delay=10');
  await shows(tab, /PID\s+USER/);
  await shows(tab, /Load average/);
  await tab.page.reload();
  await tab.live();
  await openLarge(tab);
  await shows(tab, /PID\s+USER/);
  await tab.screenshot('57-pty-htop');
  await tab.page.keyboard.press('F1');
  await shows(tab, /Hisham Muhammad|htop [0-9.]+/);
  await tab.page.keyboard.press('Escape');
  await shows(tab, /PID\s+USER/);
  await tab.page.keyboard.press('q');
  await shows(tab, /ready> \s*$/m);
  expect(tab.errors).toEqual([]);
});

test('psql asks and answers, with a pager, and looks the same after a reload', async ({ tab }) => {
  const postgres = new Postgres();
  try {
    await openShell(tab);
    await type(tab, `PAGER=less psql -X -h ${postgres.folder} -U reader postgres`);
    await shows(tab, 'postgres=#');
    await type(tab, "select n, repeat('=', n) as bar from generate_series(1, 5) n;");
    await shows(tab, /\(5 rows\)/);
    await looksTheSameAfterReload(tab, /\(5 rows\)/);
    await tab.screenshot('58-pty-psql');
    await type(tab, 'select generate_series(1, 500);');
    await shows(tab, /^:/m);
    await tab.page.keyboard.press('G');
    await shows(tab, /\(500 rows\)/);
    await tab.page.keyboard.press('q');
    await type(tab, '\\echo it :VERSION_NUM');
    await shows(tab, /it \d{6}/);
    await type(tab, '\\q');
    await shows(tab, /ready> \s*$/m);
    expect(tab.errors).toEqual([]);
  } finally {
    postgres.dispose();
  }
});

test('a Node REPL: completion, history and colours, the same after a reload', async ({ tab }) => {
  await openShell(tab);
  await type(tab, 'NODE_REPL_HISTORY= node');
  await shows(tab, /^> /m);
  await type(tab, '[1, 2, 3].map((n) => n * 14)');
  await shows(tab, '14, 28, 42');
  await tab.page.keyboard.type('[].toSpli');
  await tab.page.keyboard.press('Tab');
  await shows(tab, '[].toSpliced');
  await tab.page.keyboard.press('Control+c');
  await looksTheSameAfterReload(tab, '14, 28, 42');
  await tab.screenshot('59-pty-node');
  await tab.page.keyboard.press('ArrowUp');
  await expect(rows(tab)).toContainText(/map[\s\S]*map/, { useInnerText: true });
  await tab.page.keyboard.press('Enter');
  await expect(rows(tab)).toContainText(/14, 28, 42[\s\S]*14, 28, 42/, { useInnerText: true });
  await tab.page.keyboard.press('Control+d');
  await shows(tab, /ready> \s*$/m);
  expect(tab.errors).toEqual([]);
});
