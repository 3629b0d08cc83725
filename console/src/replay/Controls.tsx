import { useId } from 'react';
import { Button } from '../ui/Button.tsx';
import { duration } from '../ui/format.ts';
import { Lanes } from './Lanes.tsx';
import { type Player, type PlayerState, type Speed, speeds } from './player.ts';

interface ControlsProps {
  readonly player: Player;
  readonly state: PlayerState;
  readonly only: string | undefined;
  /** Whether the moment that is shown is still to be come to. */
  readonly opens: boolean;
  /** What happened last, in words. */
  readonly what: string;
}

/** The timeline with the place in it, and what moves that. */
export function Controls({ player, state, only, opens, what }: ControlsProps) {
  const { play, count, playing, speed, skipIdle, length, whole } = state;
  const speedId = useId();
  const { log, moments } = player;
  const begun = log.times[0] ?? 0;
  const clock = `${time(moments.clockAt(play) - begun)} / ${time((log.times.at(-1) ?? begun) - begun)}`;
  const nothing = opens || log.events.length === 0;
  return (
    <section className="replay-controls" aria-label="Replay controls">
      <div className="replay-track" data-testid="replay-track">
        <Lanes player={player} events={whole ? log.events.length : 0} skipIdle={skipIdle} only={only} />
        <div className="replay-now" style={{ left: `${length === 0 ? 0 : (play / length) * 100}%` }} />
        {log.gaps.map(({ gap, before }) => (
          <i
            key={gap.from}
            className="replay-gap"
            title={`Events ${gap.from} to ${gap.to} are not kept`}
            style={{ left: `${length === 0 ? 0 : (moments.of(before) / length) * 100}%` }}
          />
        ))}
      </div>
      <input
        type="range"
        className="replay-scrubber"
        data-testid="replay-scrubber"
        aria-label="Place in the replay"
        aria-valuetext={`${clock}, ${what}`}
        min={0}
        max={Math.max(1, Math.round(length))}
        value={Math.round(play)}
        disabled={nothing}
        onChange={(event) => player.seek(Number(event.target.value))}
      />
      <div className="replay-buttons">
        <Button
          label={playing ? 'Pause' : 'Play'}
          icon={playing ? 'pause' : 'play'}
          iconOnly
          kind="primary"
          testId="replay-play"
          disabled={nothing}
          onClick={() => player.toggle()}
        />
        <Button
          label="Previous mark"
          icon="previous"
          iconOnly
          kind="quiet"
          testId="replay-mark-back"
          onClick={() => player.toMark(-1)}
        />
        <Button
          label="Previous event"
          icon="left"
          iconOnly
          kind="quiet"
          testId="replay-back"
          onClick={() => player.step(-1)}
        />
        <Button
          label="Next event"
          icon="right"
          iconOnly
          kind="quiet"
          testId="replay-on"
          onClick={() => player.step(1)}
        />
        <Button
          label="Next mark"
          icon="next"
          iconOnly
          kind="quiet"
          testId="replay-mark-on"
          onClick={() => player.toMark(1)}
        />
        <span className="replay-clock" data-testid="replay-clock">
          {opens ? '' : clock}
        </span>
        <span className="replay-what hint" data-testid="replay-what">
          {opens ? what : nothing ? '' : `${count} of ${log.events.length}: ${what}`}
        </span>
        <span className="spacer" />
        <label className="replay-idle">
          <input
            type="checkbox"
            data-testid="replay-idle"
            checked={skipIdle}
            onChange={(event) => player.setSkipIdle(event.target.checked)}
          />
          Skip idle time
        </label>
        <label htmlFor={speedId} className="hint">
          Speed
        </label>
        <select
          id={speedId}
          className="field"
          data-testid="replay-speed"
          value={speed}
          onChange={(event) => player.setSpeed(Number(event.target.value) as Speed)}
        >
          {speeds.map((each) => (
            <option key={each} value={each}>{`${each}×`}</option>
          ))}
        </select>
      </div>
    </section>
  );
}

/** `0:07`, `3:07`, `1:02:03`. */
function time(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / 1_000);
  return seconds < 60 ? `0:${String(seconds).padStart(2, '0')}` : duration(seconds * 1_000);
}
