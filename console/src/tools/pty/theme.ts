import type { ITheme } from '@xterm/xterm';

const names = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;

/** The page's colours for a terminal. */
export function themeOf(element: Element): ITheme {
  const style = getComputedStyle(element);
  const color = (name: string) => style.getPropertyValue(name).trim();
  const theme: Record<string, string> = {
    background: color('--terminal'),
    foreground: color('--terminal-text'),
    cursor: color('--terminal-text'),
    cursorAccent: color('--terminal'),
    selectionBackground: color('--terminal-muted'),
  };
  names.forEach((name, i) => {
    theme[name] = color(`--ansi-${i}`);
    theme[`bright${name[0]?.toUpperCase()}${name.slice(1)}`] = color(`--ansi-${i + 8}`);
  });
  return theme;
}
