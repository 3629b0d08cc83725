import type { OutputStream, OutputTail } from '@toolruntime/client';
import { useEffect, useLayoutEffect, useState, useSyncExternalStore } from 'react';
import { Button } from '../ui/Button.tsx';
import { bytes } from '../ui/format.ts';
import { report } from '../ui/report.ts';
import { missingAfter } from './appended.ts';
import { Lines } from './terminal/Lines.tsx';
import { cardModel, hold } from './terminal/models.ts';

interface OutputProps {
  readonly executionId: string;
  readonly stream: OutputStream;
  readonly attempt: number;
  readonly tail: OutputTail;
  readonly label: string;
}

/** One stream of a tool as a terminal shows it, its end in view unless the reader has scrolled away from it. */
export function Output({ executionId, stream, attempt, tail, label }: OutputProps) {
  const [model] = useState(() => cardModel(executionId, stream));
  const { blocks } = useSyncExternalStore(model.subscribe, model.getSnapshot);
  useEffect(() => hold(model), [model]);
  useLayoutEffect(() => model.update(attempt, tail), [model, attempt, tail]);
  const missing = missingAfter(tail);
  return (
    <div className="output" data-stream={stream}>
      {tail.offset > 0 ? <div className="output-note">{`${bytes(tail.offset)} before this`}</div> : null}
      <Button
        label={`Copy ${label}`}
        icon="copy"
        iconOnly
        kind="quiet"
        className="output-copy"
        testId="tool-output-copy"
        onClick={() => report('Copying', navigator.clipboard.writeText(model.text()))}
      />
      {/* biome-ignore lint/a11y/useSemanticElements: it groups no fields */}
      <div
        className="output-scroll"
        role="group"
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
        tabIndex={0}
      >
        <pre className="output-text" data-testid="tool-output" data-stream={stream}>
          {blocks.map((block) => (
            <Lines key={block.id} block={block} />
          ))}
        </pre>
      </div>
      {missing > 0 ? <div className="output-note">{`${bytes(missing)} not kept`}</div> : null}
    </div>
  );
}
