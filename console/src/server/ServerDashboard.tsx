import { useMemo } from 'react';
import { showServer } from '../app/route.ts';
import { Chart } from '../statistics/Chart.tsx';
import { Choice } from '../statistics/Choice.tsx';
import { Tabs } from '../statistics/Tabs.tsx';
import '../statistics/statistics.css';
import { count } from '../ui/format.ts';
import { loadMetrics, type MetricHistory, type Range, rangeNames } from './api.ts';
import { type Panel, panels } from './panels.ts';
import { useHistory } from './useHistory.ts';
import { type Drawn, drawnOf, summarize, type Values } from './values.ts';

/** How the server does: live charts of what it remembers, and the same as a table. */
export function ServerDashboard({ range }: { readonly range: Range }) {
  const { history, refused } = useHistory(range, loadMetrics);
  return (
    <main className="statistics" data-testid="server" tabIndex={-1} aria-labelledby="server-title">
      <header className="statistics-head">
        <h2 id="server-title">Server</h2>
        <Tabs shown="server" />
        <Choice legend="Range" options={rangeNames} chosen={range} choose={showServer} />
      </header>
      {refused === undefined ? null : (
        <p className="statistics-why" role="status" data-testid="server-why">
          {refused.code === 'forbidden' ? 'Your key may not see the server’s figures (metrics:read).' : refused.message}
        </p>
      )}
      {history === undefined ? null : <Shown history={history} />}
    </main>
  );
}

function Shown({ history }: { readonly history: MetricHistory }) {
  const drawn = useMemo(() => drawnOf(history, history.series), [history]);
  const { processes, missing, stepMs } = history;
  return (
    <>
      <p className="hint" data-testid="server-processes">
        {count(processes.length, 'process', 'processes')}: {processes.join(', ')}
        {missing === undefined ? '' : `; ${missing} gave no answer`}
      </p>
      <div className="charts" data-testid="server-charts">
        {panels.map((panel) => (
          <PanelChart key={panel.title} panel={panel} drawn={drawn} stepSeconds={stepMs / 1_000} />
        ))}
      </div>
      <details className="server-table" data-testid="server-table">
        <summary>As a table</summary>
        <Figures drawn={drawn} />
      </details>
    </>
  );
}

interface PanelChartProps {
  readonly panel: Panel;
  readonly drawn: Drawn;
  readonly stepSeconds: number;
}

function PanelChart({ panel: { title, format, curves }, drawn, stepSeconds }: PanelChartProps) {
  const shown = curves.map(({ name, label, colour }) => ({
    label,
    colour,
    values: valuesOf(drawn, name),
    fine: true,
  }));
  const says = shown
    .map(({ label, values }) => {
      const { now, most } = summarize(values);
      if (now === undefined || most === undefined) return `${label}: nothing`;
      return `${label}: ${format(now)} now, ${format(most)} at most`;
    })
    .join('; ');
  return <Chart title={title} says={says} at={drawn.at} curves={shown} format={format} stepSeconds={stepSeconds} />;
}

/** Every series: what it is now, on average, at most. */
function Figures({ drawn }: { readonly drawn: Drawn }) {
  return (
    <div className="figures">
      <table>
        <thead>
          <tr>
            <th scope="col">Figure</th>
            <th scope="col">Now</th>
            <th scope="col">Mean</th>
            <th scope="col">At most</th>
          </tr>
        </thead>
        <tbody>
          {panels.flatMap(({ title, format, curves }) =>
            curves.map(({ name, label }) => {
              const { now, mean, most } = summarize(valuesOf(drawn, name));
              const show = (value: number | undefined) => (value === undefined ? '–' : format(value));
              return (
                <tr key={name} data-series={name}>
                  <th scope="row">
                    {title}: {label}
                  </th>
                  <td>{show(now)}</td>
                  <td>{show(mean)}</td>
                  <td>{show(most)}</td>
                </tr>
              );
            }),
          )}
        </tbody>
      </table>
    </div>
  );
}

function valuesOf({ series }: Drawn, name: string): Values {
  return series.get(name) ?? [];
}
