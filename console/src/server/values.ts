import type { Series, Steps } from './api.ts';

/** A series, a value for each step, `null` where there is none. */
export type Values = readonly (number | null)[];

/** The steps' times, seconds since 1970, and each series by its name. */
export interface Drawn {
  readonly at: readonly number[];
  readonly series: ReadonlyMap<string, Values>;
}

export function drawnOf({ from, stepMs, steps }: Steps, series: readonly Series[]): Drawn {
  const begin = Date.parse(from) / 1_000;
  const at = Array.from({ length: steps }, (_, step) => begin + (step * stepMs) / 1_000);
  return {
    at,
    series: new Map(
      series.map(({ name, runs }) => {
        const values = new Array<number | null>(steps).fill(null);
        for (const run of runs) {
          run.values.forEach((value, i) => {
            values[run.at + i] = value;
          });
        }
        return [name, values.slice(0, steps)];
      }),
    ),
  };
}

/** What a series comes to. */
export interface Summary {
  readonly now: number | undefined;
  readonly mean: number | undefined;
  readonly most: number | undefined;
}

export function summarize(values: Values): Summary {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return { now: undefined, mean: undefined, most: undefined };
  return {
    now: known.at(-1),
    mean: known.reduce((sum, value) => sum + value, 0) / known.length,
    most: known.reduce((most, value) => Math.max(most, value)),
  };
}
