import { useCallback, useDeferredValue, useEffect, useMemo, useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { matches } from './filter.ts';
import { knownOf } from './known.ts';
import { columnChoices, drawn, type Layout, type Tile, tileId, withoutTile, withPin, withTiles } from './layout.ts';
import { useRunning } from './useRunning.ts';
import { useWall } from './useWall.ts';
import { WallPicker } from './WallPicker.tsx';
import { WallTabs } from './WallTabs.tsx';
import { WallTile } from './WallTile.tsx';
import './wall.css';

/** Executions of any sessions beside each other, live. What is out of sight is not followed. */
export function Wall() {
  const [layout, change] = useWall();
  const { running, titles } = useRunning();
  const [picking, setPicking] = useState(false);
  const [typed, setTyped] = useState('');
  const wanted = useDeferredValue(typed.trim());
  const names = useMemo(() => new Map(running.map((one) => [tileId(one), one.name])), [running]);
  const nameOf = useCallback((tile: Tile) => names.get(tileId(tile)) ?? 'tool', [names]);
  const pin = useCallback((id: string) => change((now) => withPin(now, id)), [change]);
  const remove = useCallback((id: string) => change((now) => withoutTile(now, id)), [change]);
  useEffect(() => {
    if (layout.following) change((now) => withTiles(now, running));
  }, [layout.following, running, change]);

  const there = useMemo(() => new Set(layout.tiles.map(tileId)), [layout.tiles]);
  const tiles = drawn(layout).filter((tile) => passes(tile, nameOf(tile), titles.get(tile.session), wanted));
  const shown = drawn(layout).find((tile) => !tile.pinned);
  return (
    <main className="wall" data-testid="wall" data-mode={layout.mode} tabIndex={-1} aria-labelledby="wall-title">
      <WallHead layout={layout} change={change} typed={typed} type={setTyped} pick={() => setPicking(true)} />
      {layout.mode === 'tabs' && layout.tiles.length > 0 ? (
        <WallTabs
          tiles={layout.tiles}
          shown={shown === undefined ? undefined : tileId(shown)}
          nameOf={(tile) =>
            `${nameOf(tile)} ${knownOf(tileId(tile))?.command || (titles.get(tile.session) ?? tile.session)}`
          }
          show={(id) => change((now) => ({ ...now, shown: id }))}
        />
      ) : null}
      {layout.tiles.length === 0 ? (
        <p className="hint" data-testid="wall-empty">
          Nothing is on the wall. “Add” lists what runs, in all sessions that you may see.
        </p>
      ) : tiles.length === 0 ? (
        <p className="hint">No terminal of that name or command.</p>
      ) : null}
      <section
        className="wall-tiles"
        aria-label="Wall"
        data-columns={layout.mode === 'tabs' ? 1 : layout.columns}
        style={
          layout.columns > 0 && layout.mode === 'grid'
            ? { gridTemplateColumns: `repeat(${layout.columns}, minmax(0, 1fr))` }
            : {}
        }
      >
        {tiles.map((tile) => (
          <WallTile
            key={tileId(tile)}
            tile={tile}
            name={nameOf(tile)}
            title={titles.get(tile.session) ?? tile.session}
            wanted={wanted}
            pin={pin}
            remove={remove}
          />
        ))}
      </section>
      {picking ? (
        <WallPicker
          running={running}
          there={there}
          add={(added) => change((now) => withTiles(now, added))}
          remove={remove}
          closed={() => setPicking(false)}
        />
      ) : null}
    </main>
  );
}

/** A terminal is filtered by what it is called; of anything else the lines are. */
function passes(tile: Tile, name: string, title: string | undefined, wanted: string): boolean {
  const known = knownOf(tileId(tile));
  const terminal = known?.terminal ?? name === 'terminal';
  return wanted === '' || !terminal || matches([name, title, known?.command], wanted);
}

interface WallHeadProps {
  readonly layout: Layout;
  readonly change: (next: (layout: Layout) => Layout) => void;
  readonly typed: string;
  readonly type: (text: string) => void;
  readonly pick: () => void;
}

function WallHead({ layout, change, typed, type, pick }: WallHeadProps) {
  const { mode, columns, following, tiles } = layout;
  return (
    <header className="wall-head">
      <h2 id="wall-title">Wall</h2>
      <Button label="Add" icon="plus" testId="wall-add" onClick={pick} />
      {(['grid', 'tabs'] as const).map((each) => (
        <Button
          key={each}
          label={each === 'grid' ? 'Grid' : 'Tabs'}
          kind="quiet"
          className="button-small"
          aria-pressed={each === mode}
          testId={`wall-${each}`}
          onClick={() => change((now) => ({ ...now, mode: each }))}
        />
      ))}
      <label className="wall-columns">
        <span className="hint">Columns</span>
        <select
          className="field"
          data-testid="wall-columns"
          disabled={mode === 'tabs'}
          value={columns}
          onChange={({ target }) => change((now) => ({ ...now, columns: Number(target.value) }))}
        >
          {columnChoices.map((choice) => (
            <option key={choice} value={choice}>
              {choice === 0 ? 'As fits' : choice}
            </option>
          ))}
        </select>
      </label>
      <label className="wall-following">
        <input
          type="checkbox"
          data-testid="wall-following"
          checked={following}
          onChange={({ target }) => change((now) => ({ ...now, following: target.checked }))}
        />
        Add what begins
      </label>
      <span className="hint" role="status" data-testid="wall-count">
        {tiles.length}
      </span>
      <input
        type="search"
        className="field wall-filter"
        aria-label="Filter lines of all outputs, and terminals by their command"
        placeholder="Filter"
        data-testid="wall-filter"
        value={typed}
        onChange={({ target }) => type(target.value)}
      />
    </header>
  );
}
