import type { SessionEvent } from '@toolruntime/client';
import { describeArguments } from '../tools/describe.ts';

/** A tool on the timeline, from its first attempt to its end (epoch milliseconds). */
export interface Bar {
  readonly executionId: string;
  readonly name: string;
  readonly what: string;
  readonly from: number;
  /** The end, or that of the recording where it had none. */
  readonly to: number;
  readonly tone: 'good' | 'bad' | 'busy' | 'idle';
  /** The event with which it begins. */
  readonly index: number;
}

const tones: Readonly<Partial<Record<SessionEvent['type'], Bar['tone']>>> = {
  'tool.completed': 'good',
  'tool.failed': 'bad',
  'tool.timeout': 'bad',
  'tool.cancelled': 'idle',
};

/** The tools of a recording in as few lanes as hold them side by side. */
export function lanesOf(
  events: readonly SessionEvent[],
  times: readonly number[],
  only?: string,
): readonly (readonly Bar[])[] {
  const named = new Map<string, Pick<Bar, 'name' | 'what'>>();
  const open = new Map<string, Bar>();
  const bars: Bar[] = [];
  const end = times.at(-1) ?? 0;
  events.forEach((event, index) => {
    const at = times[index] ?? end;
    if (event.type === 'batch.started')
      for (const tool of event.tools)
        named.set(tool.executionId, { name: tool.name, what: describeArguments(tool.arguments) });
    const id = event.executionId;
    if (id === undefined || (only !== undefined && id !== only)) return;
    const tone = tones[event.type];
    const bar = open.get(id);
    if (tone !== undefined) {
      bars.push({ ...(bar ?? begin(id, index, at)), to: at, tone });
      open.delete(id);
    } else if (bar === undefined) open.set(id, begin(id, index, at));
  });
  function begin(executionId: string, index: number, from: number): Bar {
    const { name = 'tool', what = '' } = named.get(executionId) ?? {};
    return { executionId, name, what, from, to: end, tone: 'busy', index };
  }
  return packed([...bars, ...open.values()].toSorted((a, b) => a.from - b.from || a.index - b.index));
}

function packed(bars: readonly Bar[]): Bar[][] {
  const lanes: Bar[][] = [];
  for (const bar of bars) {
    const lane = lanes.find((each) => (each.at(-1)?.to ?? 0) <= bar.from);
    if (lane === undefined) lanes.push([bar]);
    else lane.push(bar);
  }
  return lanes;
}
