import type { JsonValue, View, ViewBatch } from '@toolruntime/client';
import { bytes, count, duration } from '../ui/format.ts';
import { batchEnded } from './status.ts';

/** A figure of a batch that has ended, in words. */
export interface Figure {
  readonly name:
    | 'successful'
    | 'took'
    | 'saved'
    | 'files'
    | 'lines'
    | 'calls'
    | 'cached'
    | 'retries'
    | 'memory'
    | 'cpu'
    | 'in'
    | 'out';
  readonly text: string;
  /** What it counts, where that needs to be said. */
  readonly title?: string;
}

/** Less than this is not worth a word. */
const leastSavedMs = 100;
const leastCpuMs = 100;
const leastBytes = 1_024;

const told = new WeakMap<ViewBatch, readonly Figure[]>();
const none: readonly Figure[] = [];

/** What a batch has come to; only what is known, and nothing of a batch of one, whose card says it all. Always the same object for the same batch. */
export function summaryOf({ executions }: View, batch: ViewBatch): readonly Figure[] {
  if (!batchEnded(batch.state) || batch.total < 2) return none;
  let figures = told.get(batch);
  if (figures === undefined) {
    figures = figuresIn(executions, batch);
    told.set(batch, figures);
  }
  return figures;
}

function figuresIn(executions: View['executions'], batch: ViewBatch): readonly Figure[] {
  const sums = { ms: 0, files: 0, lines: 0, calls: 0, cached: 0, retries: 0, memory: 0, cpu: 0, in: 0, out: 0 };
  for (const id of batch.executions) {
    const execution = executions[id];
    if (execution === undefined) continue;
    const { metrics = {}, elapsedMs = 0, attempt } = execution;
    sums.ms += elapsedMs;
    sums.files += number(metrics.filesCreated);
    sums.lines += number(metrics.linesWritten);
    sums.calls += number(metrics.apiCalls);
    sums.memory += number(metrics.peakMemoryBytes);
    sums.cpu += number(metrics.cpuMs);
    sums.in += number(metrics.bytesIn);
    sums.out += number(metrics.bytesOut);
    sums.cached += metrics.cached === true ? 1 : 0;
    sums.retries += Math.max(0, attempt - 1);
  }
  const took = batch.endedAt === undefined ? undefined : Date.parse(batch.endedAt) - Date.parse(batch.startedAt);
  // What is not in the view can't be added up.
  const whole = batch.leftOut === undefined;
  const saved = took === undefined || !whole ? 0 : sums.ms - took;
  const figures: (Figure | false)[] = [
    { name: 'successful', text: `${batch.completed} of ${count(batch.total, 'tool')} successful` },
    took !== undefined && { name: 'took', text: `${duration(took)} in all` },
    saved >= leastSavedMs && {
      name: 'saved',
      text: `${duration(saved)} saved by running in parallel`,
      title: 'One after the other they would have taken so much longer',
    },
    whole && sums.files > 0 && { name: 'files', text: `${count(sums.files, 'file')} created` },
    whole && sums.lines > 0 && { name: 'lines', text: `${count(sums.lines, 'line')} written` },
    whole && sums.calls > 0 && { name: 'calls', text: `${count(sums.calls, 'call')} to services` },
    whole && sums.cached > 0 && { name: 'cached', text: `${sums.cached} from the cache` },
    whole && sums.retries > 0 && { name: 'retries', text: count(sums.retries, 'retry', 'retries') },
    whole && sums.cpu >= leastCpuMs && { name: 'cpu', text: `${duration(sums.cpu)} of processor time` },
    whole &&
      sums.memory > 0 && {
        name: 'memory',
        text: `${bytes(sums.memory)} of memory`,
        title: "The most that each tool's processes had at a time, added up",
      },
    whole && sums.in >= leastBytes && { name: 'in', text: `${bytes(sums.in)} read`, title: 'From services and files' },
    whole && sums.out >= leastBytes && { name: 'out', text: `${bytes(sums.out)} sent`, title: 'To services and files' },
  ];
  return figures.filter((figure): figure is Figure => figure !== false);
}

function number(value: JsonValue | undefined): number {
  return typeof value === 'number' ? value : 0;
}
