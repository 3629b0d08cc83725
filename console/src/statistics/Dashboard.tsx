import { type StatisticsPlace, showStatistics } from '../app/route.ts';
import { useSessions } from '../sessions/sessions.ts';
import { when } from '../ui/format.ts';
import { type StatisticsWindow, windows } from './api.ts';
import { Charts } from './Charts.tsx';
import { Choice } from './Choice.tsx';
import { compact, percent, spent } from './figures.ts';
import './statistics.css';
import { Tabs } from './Tabs.tsx';
import { ToolTable } from './ToolTable.tsx';
import { type Known, useStatistics } from './useStatistics.ts';

const windowNames: Readonly<Record<StatisticsWindow, string>> = {
  hour: 'Last hour',
  day: 'Last day',
  week: 'Last week',
};

/** How calls of tools went, in a session or in all of them, live while the page is seen. */
export function Dashboard({ place }: { readonly place: StatisticsPlace }) {
  const known = useStatistics(place);
  const { statistics } = known;
  return (
    <main className="statistics" data-testid="statistics" tabIndex={-1} aria-labelledby="statistics-title">
      <header className="statistics-head">
        <h2 id="statistics-title">Statistics of tools</h2>
        <Tabs shown="tools" />
        <Whose place={place} />
        <Choice
          legend="Window"
          options={windows.map((window) => [window, windowNames[window]] as const)}
          chosen={place.window}
          choose={(window) => showStatistics({ ...place, window })}
        />
        {statistics === undefined ? null : <span className="hint">as of {when(statistics.to)}, live</span>}
      </header>
      <Why known={known} place={place} />
      {statistics === undefined ? null : <Shown place={place} known={known} />}
    </main>
  );
}

function Shown({ place, known }: { readonly place: StatisticsPlace; readonly known: Known }) {
  const { statistics } = known;
  if (statistics === undefined) return null;
  if (statistics.tools.length === 0) {
    return (
      <p className="statistics-empty" data-testid="statistics-empty">
        No tool has been called {place.session === undefined ? '' : 'in this session '}in the{' '}
        {windowNames[statistics.window].toLowerCase()}.
      </p>
    );
  }
  const tool = statistics.tools.find((one) => one.tool === place.tool);
  const figures = tool ?? statistics.total;
  return (
    <>
      <dl className="tiles" aria-label={tool === undefined ? 'All tools' : tool.tool}>
        <Tile name="Calls" value={compact(figures.calls)} />
        <Tile name="Success" value={percent(figures.successRate)} />
        <Tile name="p50" value={spent(figures.p50Ms)} />
        <Tile name="p95" value={spent(figures.p95Ms)} />
        <Tile name="p99" value={spent(figures.p99Ms)} />
        <Tile name="Running" value={String(figures.running)} />
        <Tile name="Waiting" value={String(figures.waiting)} />
        <Tile name="Cached" value={compact(figures.cacheHits)} />
      </dl>
      <Charts statistics={statistics} figures={figures} />
      <ToolTable
        statistics={statistics}
        chosen={place.tool}
        choose={(chosen) => showStatistics({ ...place, tool: chosen })}
      />
    </>
  );
}

function Tile({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** Why nothing, or nothing newer, is shown. */
function Why({ known: { refused }, place }: { readonly known: Known; readonly place: StatisticsPlace }) {
  if (refused === undefined) return null;
  const forbidden = refused.code === 'forbidden' && place.session === undefined;
  return (
    <p className="statistics-why" role="status" data-testid="statistics-why">
      {forbidden ? 'Your key may not see the figures of all sessions; choose one of yours.' : refused.message}
    </p>
  );
}

/** All sessions, or one of them. */
function Whose({ place }: { readonly place: StatisticsPlace }) {
  const sessions = useSessions();
  const known = place.session === undefined || sessions.some(({ id }) => id === place.session);
  return (
    <label className="statistics-whose">
      <span className="hint">Of</span>
      <select
        className="field"
        data-testid="statistics-session"
        value={place.session ?? ''}
        onChange={({ target }) => showStatistics({ ...place, session: target.value || undefined, tool: undefined })}
      >
        <option value="">All sessions</option>
        {known ? null : <option value={place.session}>{place.session}</option>}
        {sessions.slice(0, 100).map(({ id, title }) => (
          <option key={id} value={id}>
            {title || id}
          </option>
        ))}
      </select>
    </label>
  );
}
