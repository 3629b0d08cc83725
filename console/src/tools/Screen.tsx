import type { OutputTail } from '@toolruntime/client';
import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { useEffect, useRef } from 'react';
import { appended, endOf, shownText } from './appended.ts';

interface ScreenProps {
  /** The whole kept output, as of when it was asked for. */
  readonly kept: OutputTail | undefined;
  /** The end of the output, as it grows. */
  readonly live: OutputTail | undefined;
}

/** The sixteen colours, by xterm's names, in the order of their numbers. */
const colours = ['', 'bright'].flatMap((kind) =>
  ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'].map((name) =>
    kind === '' ? name : `${kind}${name.charAt(0).toUpperCase()}${name.slice(1)}`,
  ),
);

/** One stream on an xterm. Loaded only when somebody opens it. */
export default function Screen({ kept, live }: ScreenProps) {
  const box = useRef<HTMLDivElement>(null);
  const terminal = useRef<Terminal>(null);
  const written = useRef<OutputTail>(undefined);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const style = getComputedStyle(element);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    const screen = new Terminal({
      convertEol: true,
      disableStdin: true,
      fontFamily: style.fontFamily,
      fontSize: 13,
      minimumContrastRatio: 4.5,
      scrollback: 100_000,
      theme: {
        ...Object.fromEntries(colours.map((name, i) => [name, colour(`--ansi-${i}`)])),
        background: colour('--terminal'),
        foreground: colour('--terminal-text'),
        cursor: 'transparent',
      },
    });
    const fit = new FitAddon();
    screen.loadAddon(fit);
    screen.open(element);
    const observer = new ResizeObserver(() => fit.fit());
    observer.observe(element);
    terminal.current = screen;
    written.current = undefined;
    return () => {
      observer.disconnect();
      screen.dispose();
    };
  }, []);
  useEffect(() => {
    const screen = terminal.current;
    if (screen === null) return;
    if (written.current === undefined && kept !== undefined) {
      screen.write(shownText(kept));
      written.current = kept;
    }
    // The whole output was asked for and may be ahead of the view for a moment.
    if (live === undefined || (written.current !== undefined && endOf(live) < endOf(written.current))) return;
    const fresh = appended(written.current, live);
    if (fresh === undefined) screen.reset();
    screen.write(fresh ?? shownText(live));
    written.current = live;
  }, [kept, live]);
  return <div ref={box} className="screen" data-testid="terminal-screen" />;
}
