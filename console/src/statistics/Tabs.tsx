import { plainClick } from '../app/plainClick.ts';
import {
  processBoardPath,
  serverPath,
  showProcessBoard,
  showServer,
  showStatistics,
  statisticsPath,
} from '../app/route.ts';

const tabs = [
  {
    name: 'tools',
    label: 'Tools',
    path: statisticsPath,
    show: () => showStatistics({ window: 'hour', session: undefined, tool: undefined }),
  },
  { name: 'processes', label: 'Processes', path: processBoardPath, show: () => showProcessBoard('15m') },
  { name: 'server', label: 'Server', path: serverPath, show: () => showServer('15m') },
] as const;

/** From the figures of tools to those of their processes and of the server, and back. */
export function Tabs({ shown }: { readonly shown: (typeof tabs)[number]['name'] }) {
  return (
    <nav className="statistics-tabs" aria-label="Statistics">
      {tabs.map(({ name, label, path, show }) => (
        <a
          key={name}
          href={path}
          aria-current={shown === name ? 'page' : undefined}
          data-testid={`statistics-${name}`}
          onClick={plainClick(show)}
        >
          {label}
        </a>
      ))}
    </nav>
  );
}
