import { loadavg } from 'node:os';
import { expect, test } from '../support/fixtures.ts';
import { Figures } from './figures.ts';
import { type Recorded, record } from './recorder.ts';

const seconds = Number(process.env.BENCH_SECONDS ?? 10);

/** Prints a numbered line every `pause` seconds without starting a process for it. */
const printer = (name: string, pause: number) => ({
  tool: 'shell',
  arguments: {
    command: `exec 9<> <(:); n=0; while :; do printf '${name} %d\\n' $((n++)); read -r -t ${pause} -u 9; done`,
  },
});

interface Metrics {
  readonly metrics: readonly { readonly name: string; readonly value: number }[];
}

for (const [tools, pause] of [
  [1, 0.1],
  [20, 0.1],
  [20, 0.05],
] as const) {
  test(`${tools} tools, each a line every ${pause * 1_000} ms`, async ({ page, gateway, tab }) => {
    await page.addInitScript(record);
    await page.reload();
    await expect(page.getByTestId('session')).toHaveAttribute('data-status', 'live');
    const calls = Array.from({ length: tools }, (_, i) => printer(i === 0 ? 'first' : 'other', pause));
    const run = { type: 'tools.run', session: tab.session, calls, maxParallel: tools };
    expect((await tab.post(`/v1/sessions/${tab.session}/commands`, run)).status()).toBe(200);
    await expect(page.locator('[data-testid=tool-output]')).toHaveCount(tools);

    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
    const busy = async () => {
      const { metrics } = (await devtools.send('Performance.getMetrics')) as Metrics;
      const of = (name: string) => (metrics.find((m) => m.name === name)?.value ?? Number.NaN) * 1_000;
      return [of('TaskDuration'), of('ScriptDuration'), of('LayoutDuration') + of('RecalcStyleDuration')] as const;
    };
    const before = await busy();
    await page.evaluate('startRecording()');
    await page.evaluate((ms) => new Promise((resolve) => setTimeout(resolve, ms)), seconds * 1_000);
    const { frames, longTasks, latencies } = await page.evaluate(
      () => (window as unknown as { recorded: Recorded }).recorded,
    );
    const after = await busy();
    await devtools.detach();

    const times = new Figures(frames);
    const perFrame = before.map((value, i) => ((after[i] ?? Number.NaN) - value) / times.count);
    const [task, script, layout] = perFrame.map((ms) => ms.toFixed(2));
    console.log(
      [
        `\n${tools} tools, a line every ${pause * 1_000} ms, ${seconds} s, load average ${loadavg()[0]?.toFixed(1)}`,
        `  frames/s                 ${(times.count / seconds).toFixed(1)}`,
        `  frame time               ${times}; over 25 ms: ${times.above(25).toFixed(1)} %`,
        `  tasks over 50 ms         ${longTasks.length}, longest ${Math.max(0, ...longTasks).toFixed(0)} ms`,
        `  processor time per frame ${task} ms, of which script ${script}, style and layout ${layout}`,
        `  event to painted page    ${new Figures(latencies)}`,
      ].join('\n'),
    );
    expect(latencies.length).toBeGreaterThan(0);
    await gateway.kill();
  });
}
