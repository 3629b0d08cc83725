import { type Tile, tileId } from './layout.ts';

interface WallTabsProps {
  readonly tiles: readonly Tile[];
  readonly shown: string | undefined;
  readonly nameOf: (tile: Tile) => string;
  readonly show: (id: string) => void;
}

/** One of those that are not pinned is shown; arrow keys go from one to the next. */
export function WallTabs({ tiles, shown, nameOf, show }: WallTabsProps) {
  const free = tiles.filter((tile) => !tile.pinned);
  return (
    <fieldset className="wall-tabs" data-testid="wall-tabs">
      <legend className="unseen">Shown</legend>
      {free.map((tile) => {
        const id = tileId(tile);
        return (
          <label key={id} data-chosen={id === shown}>
            <input
              type="radio"
              name="wall-tab"
              data-testid="wall-tab"
              checked={id === shown}
              onChange={() => show(id)}
            />
            {nameOf(tile)}
          </label>
        );
      })}
    </fieldset>
  );
}
