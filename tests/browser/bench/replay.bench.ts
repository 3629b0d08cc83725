import { execFileSync } from 'node:child_process';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '../support/fixtures.ts';
import { Figures } from './figures.ts';

/** Half an hour of a program that always prints: output is told 25 times a second at most. */
const minutes = 30;
const perSecond = 25;
const rounds = Number(process.env.BENCH_ROUNDS ?? 20);

interface Row {
  readonly type: string;
  readonly target: string | null;
  readonly event: string;
}

/** A session that was made long. */
interface Long {
  readonly head: number;
  /** The first and the last event that is output; the seq of each is in its line. */
  readonly first: number;
  readonly last: number;
}

/** Makes a short session a long one, in the server's file (by the program `sqlite3`): its output again and again, the last events at the end. */
function stretch(file: string, session: string): Long {
  const ask = (sql: string) => execFileSync('sqlite3', ['-json', file], { input: sql, encoding: 'utf8' });
  const [{ no }] = JSON.parse(ask(`SELECT no FROM sessions WHERE session = '${session}'`)) as [{ no: number }];
  const first = no * 2 ** 32;
  const all = `id BETWEEN ${first} AND ${first + 2 ** 32 - 1}`;
  const rows = JSON.parse(
    ask(`SELECT type, target, CAST(event AS TEXT) AS event FROM entries WHERE ${all} ORDER BY id`),
  ) as Row[];
  const at = rows.findIndex(({ type }) => type === 'tool.output');
  const output = rows[at] as Row;
  const copies = minutes * 60 * perSecond;
  const events = [...rows.slice(0, at), ...Array.from({ length: copies }, () => output), ...rows.slice(at + 1)];
  const begun = Date.parse('2026-11-28T09:00:00.000Z');
  let offset = 0;
  const sql = events.map(({ type, target, event }, i) => {
    const json = JSON.parse(event) as Record<string, unknown>;
    json.seq = i + 1;
    json.at = new Date(begun + (i * 1_000) / perSecond).toISOString();
    if (type === 'tool.output') {
      const text = `[${i + 1}] compiling src/module${i % 997}/part${i}.c: \u001b[32mdone\u001b[0m, no warnings\n`;
      Object.assign(json, { text, offset });
      offset += text.length;
    }
    const hex = Buffer.from(JSON.stringify(json)).toString('hex');
    const of = target === null ? 'NULL' : `'${target}'`;
    return `INSERT INTO entries (id, type, target, event) VALUES (${first + i + 1}, '${type}', ${of}, X'${hex}');`;
  });
  const head = `UPDATE sessions SET head = ${events.length}, first = 1 WHERE no = ${no};`;
  ask(`BEGIN; DELETE FROM entries WHERE ${all};\n${sql.join('\n')}\n${head} COMMIT;`);
  return { head: events.length, first: at + 1, last: at + copies };
}

test('a session of half an hour opens at any moment', async ({ page, gateway, tab }) => {
  await tab.send('/shell {"command": "echo first"}');
  await tab.ended(1);
  const { session } = tab;
  await page.goto('about:blank');
  await gateway.stop();
  const { head, first, last } = stretch(join(gateway.folder, 'data', 'sessions.db'), session);
  await gateway.start();

  const places = { beginning: 2, middle: Math.floor(head / 2), end: head } as const;
  for (const [name, seq] of Object.entries(places)) {
    const there: number[] = [];
    const drawn: number[] = [];
    const line = seq < first ? undefined : `[${Math.min(seq, last)}] compiling`;
    const jumps: number[] = [];
    for (let round = 0; round < rounds; round++) {
      // The page is there; what is measured is from the wish to the painted moment.
      await page.goto(`${gateway.address}/s/${session}?replay=&at=1`);
      await expect(page.getByTestId('replay')).toHaveAttribute('data-whole', 'true');
      const [whenThere, whenDrawn] = await page.evaluate(
        async ({ at, line }) => {
          const until = async (done: () => boolean) => {
            while (!done()) await new Promise(requestAnimationFrame);
            await new Promise(requestAnimationFrame);
          };
          const replay = () => document.querySelector<HTMLElement>('[data-testid=replay]');
          const printed = (of: Element | null, text: string) =>
            of?.querySelector('[data-testid=tool-output]')?.lastElementChild?.textContent?.includes(text) === true;
          replay()?.querySelector<HTMLElement>('[data-testid=replay-close]')?.click();
          const session = () => document.querySelector('[data-testid=session][data-loaded=true]');
          await until(() => printed(session(), 'compiling'));
          await new Promise((done) => requestIdleCallback(done));
          const began = performance.now();
          history.pushState(null, '', `?replay=&at=${at}`);
          dispatchEvent(new PopStateEvent('popstate'));
          await until(() => replay()?.dataset.ready === 'true' && Number(replay()?.dataset.seq) === at);
          const there = performance.now() - began;
          if (line !== undefined) await until(() => printed(replay(), line));
          return [there, line === undefined ? there : performance.now() - began] as const;
        },
        { at: seq, line },
      );
      there.push(whenThere);
      drawn.push(whenDrawn);
      jumps.push(
        await page.evaluate(async () => {
          const scrubber = document.querySelector<HTMLInputElement>('[data-testid=replay-scrubber]');
          const replay = document.querySelector<HTMLElement>('[data-testid=replay]');
          while (replay?.dataset.whole !== 'true') await new Promise(requestAnimationFrame);
          const before = replay.dataset.seq;
          const began = performance.now();
          const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set;
          set?.call(scrubber, String(Math.floor(Math.random() * Number(scrubber?.max))));
          scrubber?.dispatchEvent(new Event('input', { bubbles: true }));
          while (replay.dataset.seq === before) await new Promise(requestAnimationFrame);
          await new Promise(requestAnimationFrame);
          return performance.now() - began;
        }),
      );
    }
    console.log(
      `\n${head} events, ${minutes} min, load average ${loadavg()[0]?.toFixed(1)}\n  opens at its ${name}: the moment ${new Figures(there)}\n  its output drawn: ${new Figures(drawn)}\n  then a jump to anywhere: ${new Figures(jumps)}`,
    );
  }
});
