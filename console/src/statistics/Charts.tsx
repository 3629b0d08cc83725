import { useMemo } from 'react';
import type { Figures, Statistics } from './api.ts';
import { Chart, type Curve } from './Chart.tsx';
import { compact, spent } from './figures.ts';
import { columns, tell } from './series.ts';

/** How calls ended, and how long they took, over the window. */
export function Charts({ statistics, figures }: { readonly statistics: Statistics; readonly figures: Figures }) {
  const at = useMemo(() => columns(statistics), [statistics]);
  const step = statistics.stepMs / 1_000;
  const calls: Curve[] = [
    { label: 'Cancelled', colour: '--muted', values: at.cancelled, told: at.own.cancelled, bars: true },
    { label: 'Failed, timed out', colour: '--bad', values: at.failed, told: at.own.failed, bars: true },
    { label: 'Completed', colour: '--good', values: at.completed, bars: true },
  ];
  const times: Curve[] = [
    { label: 'p99', colour: '--bad', values: at.p99 },
    { label: 'p95', colour: '--warn', values: at.p95 },
    { label: 'p50', colour: '--busy', values: at.p50 },
  ];
  const { p50Ms, p95Ms, p99Ms } = figures;
  return (
    <div className="charts" data-testid="statistics-charts">
      <Chart title="Calls" says={tell(statistics)} at={at.at} curves={calls} format={compact} stepSeconds={step} />
      <Chart
        title="Duration"
        says={`half took up to ${spent(p50Ms)}, 95 of 100 up to ${spent(p95Ms)}, 99 up to ${spent(p99Ms)}`}
        at={at.at}
        curves={times}
        format={spent}
        stepSeconds={step}
      />
    </div>
  );
}
