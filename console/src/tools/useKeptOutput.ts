import type { OutputTail } from '@toolruntime/client';
import { useLayoutEffect, useRef, useState, useSyncExternalStore } from 'react';
import { endOf } from './appended.ts';
import { type Screen, TerminalModel } from './terminal/model.ts';

/** So many lines the dialog shows; what is before them is in the download. */
const dialogLines = 200_000;

interface KeptOutput {
  readonly model: TerminalModel;
  readonly screen: Screen;
}

/**
 * A terminal with a stream's whole output.
 * @param kept all that the server has kept of it, as of when it was asked for; may be ahead of the view for a moment.
 * @param live the end of the output, as it grows.
 */
export function useKeptOutput(attempt: number, kept: OutputTail | undefined, live: OutputTail | undefined): KeptOutput {
  const [model] = useState(() => new TerminalModel(dialogLines));
  const written = useRef<OutputTail>(undefined);
  useLayoutEffect(() => {
    if (written.current === undefined && kept !== undefined) {
      model.update(attempt, kept);
      written.current = kept;
    }
    if (live === undefined || (written.current !== undefined && endOf(live) < endOf(written.current))) return;
    model.update(attempt, live);
    written.current = live;
  }, [model, attempt, kept, live]);
  return { model, screen: useSyncExternalStore(model.subscribe, model.getSnapshot) };
}
