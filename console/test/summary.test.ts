import type { View, ViewBatch, ViewExecution } from '@toolruntime/client';
import { describe, expect, it } from 'vitest';
import { summaryOf } from '../src/tools/summary.ts';

const batchOf = (more: Partial<ViewBatch> = {}): ViewBatch => ({
  ...{ state: 'completed', total: 2, completed: 2, failed: 0, executing: 0, pending: 0, executions: ['x', 'y'] },
  ...{ startedAt: '2026-01-01T00:00:00.000Z', endedAt: '2026-01-01T00:00:02.000Z' },
  ...more,
});
const execution = (elapsedMs: number, metrics: ViewExecution['metrics'], attempt = 1) =>
  ({ elapsedMs, metrics, attempt }) as unknown as ViewExecution;
const texts = (executions: View['executions'], batch: ViewBatch) =>
  summaryOf({ executions } as View, batch).map(({ name, text }) => `${name}: ${text}`);

describe('the summary of a batch', () => {
  it('adds up what its tools have measured', () => {
    const x = execution(1_900, {
      filesCreated: 1,
      linesWritten: 5,
      apiCalls: 2,
      peakMemoryBytes: 1_048_576,
      cpuMs: 300,
      bytesIn: 2_048,
      bytesOut: 10,
    });
    const y = execution(1_500, { linesWritten: 1, cached: true, cpuMs: 40, peakMemoryBytes: 1_048_576 }, 3);
    expect(texts({ x, y }, batchOf())).toEqual([
      'successful: 2 of 2 tools successful',
      'took: 2.0 s in all',
      'saved: 1.4 s saved by running in parallel',
      'files: 1 file created',
      'lines: 6 lines written',
      'calls: 2 calls to services',
      'cached: 1 from the cache',
      'retries: 2 retries',
      'cpu: 0.3 s of processor time',
      'memory: 2.0 MB of memory',
      'in: 2.0 KB read',
    ]);
  });

  it('says only what is known, and nothing of one tool or while it runs', () => {
    const [x, y] = [execution(900, {}), execution(1_000, undefined)];
    expect(texts({ x, y }, batchOf())).toEqual(['successful: 2 of 2 tools successful', 'took: 2.0 s in all']);
    expect(texts({ x }, batchOf({ leftOut: 1 }))).toEqual([
      'successful: 2 of 2 tools successful',
      'took: 2.0 s in all',
    ]);
    expect(texts({ x, y }, batchOf({ total: 1 }))).toEqual([]);
    expect(texts({ x, y }, batchOf({ state: 'executing' }))).toEqual([]);
  });

  it('is the same object for the same batch', () => {
    const [view, batch] = [{ executions: {} } as View, batchOf()];
    expect(summaryOf(view, batch)).toBe(summaryOf(view, batch));
  });
});
