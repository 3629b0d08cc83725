import type { BrowserContext } from '@playwright/test';
import { clusterTest } from './support/cluster.ts';
import { gone, Tab } from './support/clusterTab.ts';
import { expect, test } from './support/fixtures.ts';
import type { Gateway } from './support/gateway.ts';
import { Postgres } from './support/postgres.ts';
import { lines, modes, openLarge, openShell, picture, rows, shows, type } from './support/pty.ts';

/** A program in a terminal: what brings it to a known state, and what it is typed then. */
interface Program {
  readonly name: string;
  /** Whether it shows the same as long as nobody types. */
  readonly still?: false;
  readonly begin: (tab: Tab) => Promise<void>;
  readonly goOn: (tab: Tab) => Promise<void>;
}

const ended = (tab: Tab) => shows(tab, /ready>\s*$/m);

const vim: Program = {
  name: 'vim',
  begin: async (tab) => {
    await type(tab, `seq 1 90 | sed 's/.*/int n& = &; \\/\\/ line &/' > many.c`);
    await type(tab, `vim -Nu NONE '+set mouse=a ruler showmode' '+syntax on' many.c`);
    await shows(tab, 'int n1 = 1; // line 1');
    await tab.page.keyboard.type('oafter the first');
    await shows(tab, 'after the first');
    await shows(tab, 'INSERT');
  },
  goOn: async (tab) => {
    await tab.page.keyboard.type(', and after the crash');
    await shows(tab, 'after the first, and after the crash');
    await tab.page.keyboard.press('ArrowUp');
    await tab.page.keyboard.type('first: ');
    await tab.page.keyboard.press('Escape');
    await type(tab, ':wq');
    await ended(tab);
    await type(tab, 'clear; head -n 2 many.c');
    await shows(tab, /^after the first, and after the crash$/m);
    await shows(tab, /first: /);
  },
};

const less: Program = {
  name: 'less',
  begin: async (tab) => {
    await type(tab, 'seq 1 500 > numbers.txt; less -N numbers.txt');
    await shows(tab, /^\s+1 1$/m);
    await tab.page.keyboard.type('/77');
    await tab.page.keyboard.press('Enter');
    await shows(tab, /^\s+77 77$/m);
  },
  goOn: async (tab) => {
    await tab.page.keyboard.type('n');
    await shows(tab, /^\s+177 177$/m);
    await tab.page.keyboard.press('G');
    await shows(tab, /^\s+500 500$/m);
    await tab.page.keyboard.press('q');
    await ended(tab);
  },
};

const tmux: Program = {
  name: 'tmux',
  begin: async (tab) => {
    // The bar below shows the name of whatever runs just then.
    await type(tab, "printf 'set -g status off\\nset -g mouse on\\n' > tmux.conf");
    await type(tab, 'tmux -S tmux.sock -f tmux.conf new "PS1=left\\> bash --norc"');
    await shows(tab, 'left>');
    await tab.page.keyboard.press('Control+b');
    await tab.page.keyboard.type('%');
    await shows(tab, /│/);
    await type(tab, "clear; PS1='right> '; seq 3 | sed s/^/line/");
    await shows(tab, /line3/);
    await shows(tab, 'right>');
  },
  goOn: async (tab) => {
    await type(tab, 'echo $((6 * 7))');
    await shows(tab, '42');
    await tab.page.keyboard.press('Control+b');
    await tab.page.keyboard.press('ArrowLeft');
    await type(tab, 'echo le$((3 + 3))t');
    await shows(tab, /^le6t/m);
    await type(tab, 'tmux -S tmux.sock kill-server');
    await ended(tab);
  },
};

const htop: Program = {
  name: 'htop',
  still: false,
  begin: async (tab) => {
    await type(tab, 'htop --delay=10');
    await shows(tab, /PID\s+USER/);
    await shows(tab, /Load average/);
    await shows(tab, /F10\s*Quit/);
  },
  goOn: async (tab) => {
    await frameOfHtop(tab);
    await tab.page.keyboard.press('F1');
    await shows(tab, /Hisham Muhammad|htop [0-9.]+/);
    await tab.page.keyboard.press('Escape');
    await frameOfHtop(tab);
    await tab.page.keyboard.press('q');
    await ended(tab);
  },
};

/** Its meters above, its columns once, a process a line, its keys in the last line. */
async function frameOfHtop(tab: Tab): Promise<void> {
  await expect(async () => {
    const shown = await lines(tab);
    expect(shown.filter((line) => /^\s*PID\s+USER\b/.test(line))).toHaveLength(1);
    const head = shown.findIndex((line) => /PID\s+USER/.test(line));
    expect(shown.slice(0, head).join('\n')).toMatch(/Load average:[\s\S]*Uptime:/);
    expect(shown.at(-1)).toMatch(/F1\s*Help.*F10\s*Quit/);
    expect(shown[head + 2]).toMatch(/^\s*\d+ \S+/);
  }).toPass();
}

const python: Program = {
  name: 'python3',
  still: false,
  begin: async (tab) => {
    await type(tab, 'PYTHON_BASIC_REPL=1 python3 -q');
    await shows(tab, '>>>');
    // It prints while nobody can see it.
    await type(tab, 'import time, itertools; [print("tick", n) or time.sleep(0.2) for n in itertools.count(1)]');
    await shows(tab, /^tick 3$/m);
  },
  goOn: async (tab) => {
    await tab.page.keyboard.press('Control+c');
    await shows(tab, /^KeyboardInterrupt\s+>>>/m);
    const ticks = (await lines(tab, 'all')).filter((line) => /^tick/.test(line) && !/\^C/.test(line));
    expect(ticks).toEqual(ticks.map((_, i) => `tick ${i + 1}`));
    await type(tab, 'print(6 * 7)');
    await shows(tab, /^42$/m);
    await tab.page.keyboard.press('Control+d');
    await ended(tab);
  },
};

const ticksOf = async (tab: Tab) => (await lines(tab, 'all')).filter((line) => /^tick \d+$/.test(line)).length;

const psql = (folder: string): Program => ({
  name: 'psql',
  begin: async (tab) => {
    await type(tab, `PAGER=less psql -X -h ${folder} -U reader postgres`);
    await shows(tab, 'postgres=#');
    await type(tab, "select n, repeat('=', n) as bar from generate_series(1, 5) n;");
    await shows(tab, /\(5 rows\)/);
  },
  goOn: async (tab) => {
    await type(tab, 'select generate_series(1, 500);');
    await shows(tab, /^:/m);
    await tab.page.keyboard.press('G');
    await shows(tab, /\(500 rows\)/);
    await tab.page.keyboard.press('q');
    await type(tab, '\\echo it :VERSION_NUM');
    await shows(tab, /it \d{6}/);
    await type(tab, '\\q');
    await ended(tab);
  },
});

const node: Program = {
  name: 'node',
  begin: async (tab) => {
    await type(tab, 'NODE_REPL_HISTORY= node');
    await shows(tab, /^> /m);
    await type(tab, '[1, 2, 3].map((n) => n * 14)');
    await shows(tab, '14, 28, 42');
    await tab.page.keyboard.type('[].toSpli');
    await tab.page.keyboard.press('Tab');
    await shows(tab, '[].toSpliced');
  },
  goOn: async (tab) => {
    await tab.page.keyboard.type('(0).length');
    await tab.page.keyboard.press('Enter');
    await shows(tab, /^0$/m);
    await tab.page.keyboard.press('ArrowUp');
    await tab.page.keyboard.press('ArrowUp');
    await tab.page.keyboard.press('Enter');
    await expect(rows(tab)).toContainText(/14, 28, 42[\s\S]*14, 28, 42/, { useInnerText: true });
    await tab.page.keyboard.press('Control+d');
    await ended(tab);
  },
};

/** The program in a terminal of a session of its own, in a known state. */
async function begun(context: BrowserContext, gateway: Gateway, program: Program, key?: string): Promise<Tab> {
  const tab = await Tab.open(context, `${gateway.address}/s/${program.name}`, key);
  await openShell(tab);
  await program.begin(tab);
  return tab;
}

const clusters = clusterTest.extend({});
clusters.use({ gateways: 1 });

clusters(
  'kill -9 of the gateway: seven programs go on, look the same when it is back, and are typed into',
  async ({ cluster, context, keys }) => {
    clusters.slow();
    const [gateway] = cluster.gateways as [Gateway];
    const postgres = new Postgres();
    try {
      const running: { program: Program; tab: Tab; before: Buffer | undefined; modes: object }[] = [];
      for (const program of [python, vim, less, tmux, htop, psql(postgres.folder), node]) {
        const tab = await begun(context, gateway, program, running.length === 0 ? keys.key : undefined);
        const before = program.still === false ? undefined : await picture(tab);
        running.push({ program, tab, before, modes: await modes(tab) });
      }

      await gateway.kill();
      for (const { tab } of running) await expect(tab.connection).toHaveAttribute('data-state', 'offline');
      const ticks = await ticksOf(running[0]?.tab as Tab);
      // What is typed meanwhile is sent when the gateway is back, once.
      for (const { program, tab } of running) if (program === vim) await tab.page.keyboard.type('!');
      await gateway.start();

      for (const { program, tab, before, modes: known } of running) {
        await clusters.step(program.name, async () => {
          await tab.page.bringToFront(); // one behind another is drawn once a second
          await tab.movedTo(gateway);
          if (program === vim) {
            await shows(tab, 'after the first!');
            await tab.page.keyboard.press('Backspace');
          }
          if (program === python) await expect.poll(() => ticksOf(tab)).toBeGreaterThan(ticks);
          expect(await modes(tab)).toEqual(known);
          await expect(tab.by('pty')).toHaveAttribute('data-right', 'mine');
          if (before !== undefined) await expect.poll(async () => (await picture(tab)).equals(before)).toBe(true);
          await tab.screenshot(`60-crash-${program.name}`);
          await program.goOn(tab);
          const followed = await picture(tab);
          await tab.page.reload();
          await tab.live();
          await openLarge(tab);
          await ended(tab);
          // What htop has drawn by now is more than a view keeps, and so is what was shown before it.
          if (program !== htop) await expect.poll(async () => (await picture(tab)).equals(followed)).toBe(true);
          expect(tab.errors.filter((error) => !gone.test(error))).toEqual([]);
        });
      }
    } finally {
      postgres.dispose();
    }
  },
);

test('kill -9 of the one process: each terminal is said to be lost, and its last screen can be read', async ({
  context,
  gateway,
}) => {
  const running: { program: Program; tab: Tab; screen: string[] }[] = [];
  for (const program of [vim, less, htop, node]) {
    const tab = await begun(context, gateway, program);
    if (program !== htop) await picture(tab);
    running.push({ program, tab, screen: await lines(tab) });
  }

  await gateway.kill();
  for (const { tab } of running) await expect(tab.connection).toHaveAttribute('data-state', 'offline');
  await gateway.start();

  for (const { program, tab, screen } of running) {
    await test.step(program.name, async () => {
      await tab.page.bringToFront();
      await tab.live();
      const readable = async () => {
        await expect(tab.by('pty')).toHaveAttribute('data-right', 'over');
        await expect(tab.by('pty-error')).toHaveAttribute('data-code', 'runner_lost');
        await expect(tab.by('pty-error')).toBeInViewport();
        if (program !== htop) expect(await lines(tab)).toEqual(screen);
        for (const line of [rows(tab).locator('div').first(), rows(tab).locator('div').last()])
          await expect(line).toBeInViewport({ ratio: 1 });
      };
      await readable();
      await tab.screenshot(`61-lost-${program.name}`);
      await tab.page.reload();
      await tab.live();
      await expect(tab.cards.first()).toHaveAttribute('data-state', 'failed');
      await expect(tab.by('tool-error')).toHaveAttribute('data-code', 'runner_lost');
      // Node had answered: whether that was seen to be all of it before the crash is chance.
      await expect(tab.by('turn').last()).toContainText(program === node ? /not finished|\ds$|\d s$/ : 'not finished');
      await tab.screenshot(`62-lost-card-${program.name}`);
      await tab.by('pty-large').click();
      await readable();
      expect(tab.errors.filter((error) => !gone.test(error))).toEqual([]);
    });
  }
});
