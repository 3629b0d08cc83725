import type { OutputStream, OutputTail } from '@toolruntime/client';
import { Output } from '../tools/Output.tsx';

interface ReplayOutputProps {
  readonly executionId: string;
  readonly name: string;
  readonly stream: OutputStream;
  readonly attempt: number;
  readonly tail: OutputTail;
}

/** What a tool had printed at a moment: the same terminal as on its card, with a life of its own. All that a replay takes of how output is drawn. */
export function ReplayOutput({ executionId, name, stream, attempt, tail }: ReplayOutputProps) {
  return (
    <Output
      executionId={`replay:${executionId}`}
      stream={stream}
      attempt={attempt}
      tail={tail}
      label={`${name} ${stream}`}
    />
  );
}
