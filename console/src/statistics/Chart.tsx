import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { drawAgain, palette } from './palette.ts';

/** A curve or a row of bars. */
export interface Curve {
  readonly label: string;
  /** A custom property of the page's colours. */
  readonly colour: string;
  readonly values: readonly (number | null)[];
  readonly bars?: boolean;
  /** A line without a mark for each value, of values that may be small. */
  readonly fine?: boolean;
  /** What a pointer is told, where that is not the height: of bars that stand on others. */
  readonly told?: readonly number[];
}

interface ChartProps {
  readonly title: string;
  /** What it says, for who can't see it. */
  readonly says: string;
  readonly at: readonly number[];
  /** Those behind first. */
  readonly curves: readonly Curve[];
  readonly format: (value: number) => string;
  readonly stepSeconds: number;
}

const height = 180;

/** A chart over time, as wide as there is room, in the page's colours. */
export function Chart({ title, says, at, curves, format, stepSeconds }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  const data = [at, ...curves.map((curve) => curve.values)] as unknown as uPlot.AlignedData;
  const latest = useRef({ data, curves });
  latest.current = { data, curves };
  const shape = curves
    .map((curve) => `${curve.label} ${curve.colour} ${curve.bars ?? false} ${curve.fine ?? false}`)
    .join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the curves' shape says all of them that a chart is made of; their values are set below.
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const make = () => {
      chart.current?.destroy();
      chart.current = new uPlot(
        options(element.clientWidth, latest, format, stepSeconds),
        latest.current.data,
        element,
      );
    };
    make();
    const wide = new ResizeObserver(() => chart.current?.setSize({ width: element.clientWidth, height }));
    wide.observe(element);
    const stop = drawAgain(make);
    return () => {
      stop();
      wide.disconnect();
      chart.current?.destroy();
      chart.current = undefined;
    };
  }, [shape, format, stepSeconds]);
  useEffect(() => chart.current?.setData(data), [data]);
  return (
    <figure className="chart">
      <figcaption>{title}</figcaption>
      <div ref={place} role="img" aria-label={`${title}: ${says}`} />
    </figure>
  );
}

function options(
  width: number,
  latest: { readonly current: { readonly curves: readonly Curve[] } },
  format: (value: number) => string,
  stepSeconds: number,
): uPlot.Options {
  const colours = palette();
  const fine = latest.current.curves.every((curve) => curve.fine === true);
  const axis = {
    stroke: colours('--muted'),
    grid: { stroke: colours('--line'), width: 1 },
    ticks: { stroke: colours('--line'), width: 1 },
    font: '11px system-ui, sans-serif',
  };
  return {
    width,
    height,
    cursor: { drag: { setScale: false, x: false, y: false } },
    legend: { live: true },
    scales: {
      // A bar needs half a step to each side.
      x: { time: true, range: (_, min, max) => [min - stepSeconds / 2, max + stepSeconds / 2] },
      y: { range: (_, __, max) => [0, max > 0 ? max * 1.1 : 1] },
    },
    axes: [
      { ...axis },
      {
        ...axis,
        size: 62,
        values: (_, ticks) => ticks.map((tick) => (fine || Number.isInteger(tick) || tick > 1 ? format(tick) : '')),
      },
    ],
    series: [
      { label: 'At', value: (_, at) => (at === null ? '' : new Date(at * 1_000).toLocaleString()) },
      ...latest.current.curves.map((curve, index) => ({
        ...line(curve, colours),
        value: (_: uPlot, height: number | null, __: number, step: number | null) => {
          const told = latest.current.curves[index]?.told?.[step ?? -1] ?? height;
          return told === null ? '–' : format(told);
        },
      })),
    ],
  };
}

function line(curve: Curve, colours: (name: string) => string): uPlot.Series {
  const stroke = colours(curve.colour);
  return {
    label: curve.label,
    stroke,
    width: curve.bars ? 0 : 2,
    ...(curve.bars && uPlot.paths.bars !== undefined
      ? { fill: stroke, paths: uPlot.paths.bars({ size: [0.8, 24] }), points: { show: false } }
      : curve.fine
        ? { points: { show: true, size: 3 } }
        : { points: { show: true, size: 5 }, spanGaps: true }),
  };
}
