import type { SessionEvent, ToolOutput } from '@toolruntime/client';

/** Bytes of a stream's end that a view keeps, and so the most that matters of what is folded together. */
const keptBytes = 65_536;

/** What was met of one stream of an attempt, from its end. */
interface Met {
  readonly attempt: number | undefined;
  readonly stream: string;
  bytes: number;
}

/** The events without output that no view after them shows: what was printed before the last 64 KB of its stream, or by an earlier attempt. Folding gives the same view, much sooner. */
export function compact(events: readonly SessionEvent[]): readonly SessionEvent[] {
  const kept: SessionEvent[] = [];
  const met = new Map<string, Met[]>();
  const restarted = new Set<string>();
  for (let i = events.length - 1; i >= 0; i--) {
    const event = events[i] as SessionEvent;
    if (event.type === 'tool.started') restarted.add(event.executionId);
    if (event.type === 'tool.output') {
      const of = metOf(met, event);
      if (of.bytes >= keptBytes || restarted.has(event.executionId)) continue;
      of.bytes += leastBytes(event);
    }
    kept.push(event);
  }
  return kept.length === events.length ? events : kept.reverse();
}

function metOf(met: Map<string, Met[]>, { executionId, attempt, stream }: ToolOutput): Met {
  const all = met.get(executionId) ?? [];
  if (all.length === 0) met.set(executionId, all);
  for (const each of all) if (each.stream === stream && each.attempt === attempt) return each;
  const first: Met = { attempt, stream, bytes: 0 };
  all.push(first);
  return first;
}

/** At least so many bytes of text it adds to a tail. */
function leastBytes({ text, base64 }: ToolOutput): number {
  // Bytes that are no UTF-8 may be fewer, or more, as text: each makes at least a third of a byte of it.
  return text?.length ?? Math.floor((base64?.length ?? 0) / 8);
}
