import type { MouseEvent } from 'react';
import { lastSession } from '../sessions/sessions.ts';
import { icons } from '../ui/icons.tsx';
import { navigate, sessionPath, showStatistics, statisticsPath } from './route.ts';

interface StatisticsLinkProps {
  /** Whether statistics are shown: then it leads back. */
  readonly shown: boolean;
  readonly session: string | undefined;
}

/** Leads to the statistics of tools, and back to the session. */
export function StatisticsLink({ shown, session }: StatisticsLinkProps) {
  const back = session ?? lastSession();
  const label = shown ? 'Back to the session' : 'Statistics of tools';
  const go = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    if (!shown) showStatistics({ window: 'hour', session: undefined, tool: undefined });
    else if (back !== undefined) navigate(back);
  };
  return (
    <a
      className="button button-quiet button-icon"
      href={shown ? (back === undefined ? '/' : sessionPath(back)) : statisticsPath}
      aria-label={label}
      title={label}
      aria-current={shown ? 'page' : undefined}
      data-testid="statistics-link"
      onClick={go}
    >
      {icons[shown ? 'close' : 'chart']}
    </a>
  );
}
