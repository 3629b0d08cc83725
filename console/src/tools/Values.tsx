import type { Session, Shortened, ViewExecution } from '@toolruntime/client';
import { useState } from 'react';
import { Linked } from '../results/links.tsx';
import { Button } from '../ui/Button.tsx';
import { report } from '../ui/report.ts';
import { showValue } from './describe.ts';

interface ValuesProps {
  readonly session: Session;
  readonly executionId: string;
  readonly execution: ViewExecution;
  /** Which of them, in order. */
  readonly values: readonly Exclude<Shortened, 'details'>[];
}

/** What a tool got and gave. What the view holds shortened is fetched when somebody asks. */
export function Values({ session, executionId, execution, values }: ValuesProps) {
  const [fetched, setFetched] = useState<ViewExecution>();
  const whole = fetched?.state === execution.state ? fetched : undefined;
  const missing = whole === undefined && values.some((value) => execution.shortened?.includes(value));
  return (
    <>
      {values.map((value) => {
        const shown = (whole ?? execution)[value];
        return shown === undefined ? null : (
          <pre key={value} data-testid={`tool-${value}`}>
            <Linked text={showValue(shown)} />
          </pre>
        );
      })}
      {missing ? (
        <Button
          label="Shortened: show all of it"
          kind="quiet"
          className="button-small"
          testId="tool-values-whole"
          onClick={() => report('Reading the tool', session.toolDetails(executionId).then(setFetched))}
        />
      ) : null}
    </>
  );
}
