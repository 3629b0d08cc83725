/** What {@link record} gathers in the page. */
export interface Recorded {
  /** Milliseconds between two painted frames. */
  readonly frames: number[];
  /** Tasks of more than 50 ms, in milliseconds. */
  readonly longTasks: number[];
  /** Milliseconds from a line's arrival on the socket to the end of the frame that shows it. */
  readonly latencies: number[];
}

/** Runs in the page before anything else. Lines `tick <n>` of the first tool are followed from the socket to the screen. */
export function record(): void {
  const recorded: Recorded = { frames: [], longTasks: [], latencies: [] };
  const arrived = new Map<string, number>();
  Object.assign(window, { recorded, startRecording });

  class WatchedSocket extends WebSocket {
    constructor(...args: ConstructorParameters<typeof WebSocket>) {
      super(...args);
      this.addEventListener('message', ({ data }) => {
        const now = performance.now();
        for (const [, line] of String(data).matchAll(/first (\d+)\\n/g)) if (line !== undefined) arrived.set(line, now);
      });
    }
  }
  window.WebSocket = WatchedSocket;

  function startRecording(): void {
    let last = performance.now();
    const frame = (now: number) => {
      recorded.frames.push(now - last);
      last = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) recorded.longTasks.push(duration);
    }).observe({ type: 'longtask' });

    arrived.clear();
    const output = document.querySelector('[data-testid="tool-card"] [data-testid="tool-output"]');
    if (output === null) throw new Error('no output yet');
    const painted = new MessageChannel();
    let shown: number[] = [];
    painted.port1.onmessage = () => {
      const now = performance.now();
      for (const at of shown) recorded.latencies.push(now - at);
      shown = [];
    };
    new MutationObserver(() => {
      const end = output.lastElementChild?.textContent ?? '';
      for (const [line, at] of arrived) {
        if (!end.includes(`first ${line}\n`)) continue;
        arrived.delete(line);
        shown.push(at);
      }
      // The page changes just before a frame is painted; this comes after it.
      if (shown.length > 0) painted.port2.postMessage(0);
    }).observe(output, { subtree: true, childList: true, characterData: true });
  }
}
