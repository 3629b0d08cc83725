import { expect, test } from './support/fixtures.ts';

interface Watched {
  readonly frames: number;
  /** How often output changed, each time for all tools together. */
  readonly updates: number;
  readonly ms: number;
  /** Changes inside the card of a tool that prints nothing, but for its clock. */
  readonly quiet: number;
}

// How many frames a second that makes is measured by `npm run bench`; here is what makes it cheap.
test('twenty tools that print are drawn once a frame, only where something changed, and bounded', async ({ tab }) => {
  const shell = (command: string) => ({ tool: 'shell', arguments: { command } });
  const printer = shell('exec 9<> <(:); for ((n = 0; n < 5000; n++)); do echo line $n; read -r -t 0.02 -u 9; done');
  const calls = [shell('sleep 1000'), ...Array.from({ length: 20 }, () => printer), shell('seq 1 20000')];
  const run = { type: 'tools.run', session: tab.session, calls, maxParallel: calls.length };
  expect((await tab.post(`/v1/sessions/${tab.session}/commands`, run)).status()).toBe(200);
  const flood = tab.output(tab.cards.nth(21));
  // In so large a batch what has ended is folded.
  await expect(tab.cards.nth(21)).toHaveAttribute('data-state', 'completed');
  await expect(tab.page.getByTestId('tool-output')).toHaveCount(20);

  const watched: Watched = await tab.page.evaluate(async () => {
    const began = performance.now();
    const seen = { frames: 0, updates: 0, quiet: 0 };
    let watching = true;
    const frame = () => {
      seen.frames++;
      if (watching) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    const element = (node: Node) => (node instanceof Element ? node : node.parentElement);
    const [quiet] = document.querySelectorAll('[data-testid="tool-card"]');
    const done = new Promise<void>((resolve) => {
      new MutationObserver((changes, observer) => {
        const targets = changes.map(({ target }) => element(target)).filter((target) => target !== null);
        if (targets.some((target) => target.closest('[data-testid="tool-output"]') !== null)) seen.updates++;
        const own = targets.filter((target) => quiet?.contains(target));
        seen.quiet += own.filter((target) => target.closest('[data-testid="tool-elapsed"]') === null).length;
        if (seen.updates < 60) return;
        observer.disconnect();
        resolve();
      }).observe(document.body, { subtree: true, childList: true, characterData: true });
    });
    await done;
    watching = false;
    return { ...seen, ms: performance.now() - began };
  });

  expect(watched.quiet).toBe(0);
  // A tab that gets no frames is updated ten times a second.
  expect(watched.updates).toBeLessThanOrEqual(watched.frames + watched.ms / 100 + 2);
  await tab.cards.nth(21).getByRole('button', { name: 'Unfold shell' }).click();
  await expect(flood).toContainText('20000');
  const kept = (await flood.innerText()).trimEnd().split('\n');
  expect(kept.length).toBeLessThanOrEqual(1_200);
  expect(kept.at(-1)).toBe('20000');
  await tab.by('batch-cancel').click();
  await expect(tab.by('batch-bar')).toHaveAttribute('data-state', 'cancelled');
  expect(tab.errors).toEqual([]);
});
