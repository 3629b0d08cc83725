import type { MouseEvent } from 'react';
import { serverPath, showServer, showStatistics, statisticsPath } from '../app/route.ts';

/** From the figures of tools to those of the server, and back. */
export function Tabs({ shown }: { readonly shown: 'tools' | 'server' }) {
  const go = (show: () => void) => (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    show();
  };
  const tools = () => showStatistics({ window: 'hour', session: undefined, tool: undefined });
  return (
    <nav className="statistics-tabs" aria-label="Statistics">
      <a
        href={statisticsPath}
        aria-current={shown === 'tools' ? 'page' : undefined}
        data-testid="statistics-tools"
        onClick={go(tools)}
      >
        Tools
      </a>
      <a
        href={serverPath}
        aria-current={shown === 'server' ? 'page' : undefined}
        data-testid="statistics-server"
        onClick={go(() => showServer('15m'))}
      >
        Server
      </a>
    </nav>
  );
}
