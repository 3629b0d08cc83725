import { memo, useMemo } from 'react';
import { duration } from '../ui/format.ts';
import { lanesOf } from './lanes.ts';
import type { Player } from './player.ts';

interface LanesProps {
  readonly player: Player;
  /** Events that there are: with more of them, it is drawn anew. */
  readonly events: number;
  readonly skipIdle: boolean;
  readonly only: string | undefined;
}

/** Who ran when, side by side; a click goes to a tool's beginning. Drawn once: only the line that stands for now moves. */
export const Lanes = memo(function Lanes({ player, events, skipIdle, only }: LanesProps) {
  const { log, moments } = player;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the log grows in its place
  const lanes = useMemo(() => lanesOf(log.events, log.times, only), [log, events, only]);
  const length = Math.max(1, moments.length);
  const percent = (time: number) => (moments.playAt(time) / length) * 100;
  return (
    <div className="lanes" data-testid="replay-lanes" data-skip-idle={skipIdle}>
      {lanes.map((lane) => (
        <div key={lane[0]?.executionId} className="lane">
          {lane.map((bar) => {
            const from = percent(bar.from);
            const label = `${bar.name} ${bar.what}, ${duration(bar.to - bar.from)}`;
            return (
              <button
                key={bar.executionId}
                type="button"
                className="lane-bar"
                tabIndex={-1}
                data-tone={bar.tone}
                aria-label={label}
                title={label}
                style={{ left: `${from}%`, width: `${percent(bar.to) - from}%` }}
                onClick={() => player.goTo(bar.index + 1)}
              >
                <span>{`${bar.name} ${bar.what}`}</span>
              </button>
            );
          })}
        </div>
      ))}
    </div>
  );
});
