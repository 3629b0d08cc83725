import type { Session } from '@toolruntime/client';
import { useSessionValue } from '@toolruntime/client/react';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { useEffect, useRef } from 'react';
import { Feed } from '../tools/pty/feed.ts';
import { themeOf } from '../tools/pty/theme.ts';

const scrollback = 200;
const largest = 13;
const smallest = 4;
/** Each terminal of many is drawn at most ten times a second: the page stays at its full rate. */
const pauseMs = 100;

/** A terminal that is only looked at: at the size that whoever types has given it, in letters so small that all of it is seen. */
export function WatchedTerminal({ session, executionId }: { readonly session: Session; readonly executionId: string }) {
  const place = useRef<HTMLDivElement>(null);
  const shown = useRef<Terminal>(undefined);
  const fit = useRef(() => {});
  const cols = useSessionValue(session, (s) => s.view.executions[executionId]?.terminal?.cols ?? 80);
  const rows = useSessionValue(session, (s) => s.view.executions[executionId]?.terminal?.rows ?? 24);

  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const size = session.view.executions[executionId]?.terminal;
    const terminal = new Terminal({
      cols: size?.cols ?? 80,
      rows: size?.rows ?? 24,
      scrollback,
      fontFamily: getComputedStyle(element).fontFamily,
      fontSize: largest,
      theme: themeOf(element),
      allowProposedApi: true,
      disableStdin: true,
      cursorInactiveStyle: 'none',
    });
    terminal.loadAddon(new Unicode11Addon());
    terminal.unicode.activeVersion = '11';
    terminal.open(element);
    // It is no place to type: what the keys do here is up to the page.
    if (terminal.textarea !== undefined) terminal.textarea.tabIndex = -1;
    const feed = new Feed(session, executionId, terminal, undefined, pauseMs);
    fit.current = () => {
      const screen = element.querySelector('.xterm-screen');
      if (screen === null || screen.clientWidth === 0) return;
      const letter = terminal.options.fontSize ?? largest;
      const ratio = Math.min(element.clientWidth / screen.clientWidth, element.clientHeight / screen.clientHeight);
      const next = Math.max(smallest, Math.min(largest, Math.floor(letter * ratio * 2) / 2));
      if (next !== letter) terminal.options.fontSize = next;
    };
    const observer = new ResizeObserver(() => fit.current());
    observer.observe(element);
    shown.current = terminal;
    return () => {
      shown.current = undefined;
      observer.disconnect();
      feed.dispose();
      terminal.dispose();
    };
  }, [session, executionId]);
  useEffect(() => {
    shown.current?.resize(cols, rows);
    fit.current();
  }, [cols, rows]);

  return <div className="wall-terminal" ref={place} data-testid="wall-terminal" />;
}
