import { CommandError } from '@toolruntime/client';
import { ask } from '../app/connection.ts';
import { reason } from '../ui/useCommand.ts';
import { type ProcessFrame, refusal } from './api.ts';

/** Milliseconds until a feed that broke is asked for again. */
const againMs = 1_000;

interface Told {
  readonly frame: (frame: ProcessFrame) => void;
  /** Why nothing is told; `undefined`: it is. */
  readonly error: (why: string | undefined) => void;
}

/** Follows the feed of processes while the page is seen; each time it begins with all of them. Returns how to stop. */
export function follow(host: boolean, told: Told): () => void {
  let stop = new AbortController();
  let ended = false;
  const run = async () => {
    while (!ended && !document.hidden) {
      stop = new AbortController();
      try {
        await read(host, stop.signal, told);
      } catch (why) {
        if (ended || stop.signal.aborted) return;
        told.error(reason(why));
        if (why instanceof CommandError && why.code === 'forbidden') return;
      }
      await new Promise((resolve) => setTimeout(resolve, againMs));
    }
  };
  const seen = () => {
    if (document.hidden) stop.abort();
    else void run();
  };
  document.addEventListener('visibilitychange', seen);
  void run();
  return () => {
    ended = true;
    document.removeEventListener('visibilitychange', seen);
    stop.abort();
  };
}

async function read(host: boolean, signal: AbortSignal, told: Told): Promise<void> {
  const response = await ask(`/v1/processes${host ? '?host=true' : ''}`, {
    headers: { accept: 'text/event-stream' },
    signal,
  });
  if (!response.ok || response.body === null) throw await refusal(response);
  told.error(undefined);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.startsWith('data: ')) told.frame(JSON.parse(line.slice('data: '.length)) as ProcessFrame);
    }
  }
}
