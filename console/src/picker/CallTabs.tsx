import { describeArguments } from '../tools/describe.ts';
import { Button } from '../ui/Button.tsx';
import { icons } from '../ui/icons.tsx';
import { callOf, type PlannedCall, problemsOf } from './calls.ts';

interface CallTabsProps {
  readonly calls: readonly PlannedCall[];
  readonly current: number | undefined;
  readonly tried: boolean;
  readonly choose: (id: number) => void;
  readonly remove: (id: number) => void;
}

/** The calls that will run together. */
export function CallTabs({ calls, current, tried, choose, remove }: CallTabsProps) {
  return (
    <ol className="call-tabs" aria-label="Calls" data-testid="tool-picker-calls">
      {calls.map((call, i) => {
        const wrong = tried && problemsOf(call).size > 0;
        return (
          <li key={call.id} data-current={call.id === current}>
            <button
              type="button"
              aria-current={call.id === current}
              data-testid="tool-picker-call"
              onClick={() => choose(call.id)}
            >
              {wrong ? icons.warn : null}
              <b>{call.tool.name}</b>
              <span>{describeArguments(callOf(call).arguments)}</span>
              {wrong ? <span className="unseen">has to be corrected</span> : null}
            </button>
            <Button
              label={`Remove call ${i + 1}`}
              icon="close"
              iconOnly
              kind="quiet"
              testId="tool-picker-remove"
              onClick={() => remove(call.id)}
            />
          </li>
        );
      })}
    </ol>
  );
}
