import { bytesPerSecond, processors } from '../server/panels.ts';
import { drawnOf, summarize, type Values } from '../server/values.ts';
import type { Curve } from '../statistics/Chart.tsx';
import { bytes } from '../ui/format.ts';
import type { Execution, ProcessHistory } from './api.ts';

/** What can be the most of. */
export type Measure = 'cpu' | 'memory' | 'output';

export const measures: readonly {
  readonly name: Measure;
  readonly title: string;
  readonly format: (value: number) => string;
  readonly of: (execution: Execution) => number;
}[] = [
  { name: 'cpu', title: 'Processor', format: processors, of: ({ cpuMs }) => cpuMs },
  { name: 'memory', title: 'Memory', format: bytes, of: ({ memoryBytes }) => memoryBytes },
  { name: 'output', title: 'Output', format: bytesPerSecond, of: ({ outputBytes }) => outputBytes },
];

const colours = ['--busy', '--good', '--warn', '--bad', '--text'];

/** Short and its own: the tool, or the named process, with the end of the execution's id. */
export function labelOf({ tool, named, executionId }: Pick<Execution, 'tool' | 'named' | 'executionId'>): string {
  return `${named ?? tool} ${executionId.slice(-4)}`;
}

/** Those that took most first. */
export function ordered(executions: readonly Execution[], measure: Measure): readonly Execution[] {
  const of = measures.find(({ name }) => name === measure)?.of ?? (() => 0);
  return [...executions].sort((a, b) => of(b) - of(a) || b.startedAt.localeCompare(a.startedAt));
}

/** All together, and the top ones or the chosen one by itself. */
export function curvesOf(history: ProcessHistory, measure: Measure, chosen: string | undefined): readonly Curve[] {
  const of = measures.find(({ name }) => name === measure)?.of ?? (() => 0);
  const own =
    chosen === undefined
      ? ordered(history.executions, measure)
          .filter((execution) => of(execution) > 0)
          .slice(0, colours.length)
      : history.executions.filter(({ executionId }) => executionId === chosen);
  const values = (series: ProcessHistory['total']) => drawnOf(history, series).series.get(measure) ?? [];
  return [
    { label: 'All', colour: '--muted', values: values(history.total), fine: true },
    ...own.map((execution, index) => ({
      label: labelOf(execution),
      colour: colours[index] ?? '--text',
      values: values(execution.series),
      fine: true,
    })),
  ];
}

/** What a chart says to who can't see it. */
export function tell(curves: readonly Curve[], format: (value: number) => string): string {
  return curves
    .map(({ label, values }) => {
      const { now, most } = summarize(values);
      if (now === undefined || most === undefined) return `${label}: nothing`;
      return `${label}: ${format(now)} at last, ${format(most)} at most`;
    })
    .join('; ');
}

/** How often something happened in each step, of a rate. */
export function countsOf(history: ProcessHistory, name: string): Values {
  const rates = drawnOf(history, history.total).series.get(name) ?? [];
  return rates.map((rate) => (rate === null ? null : Math.round((rate * history.stepMs) / 1_000)));
}

/** All of the steps. */
export function sum(values: Values): number {
  return values.reduce<number>((all, value) => all + (value ?? 0), 0);
}
