/** One execution on the wall. */
export interface Tile {
  readonly session: string;
  readonly execution: string;
  readonly pinned: boolean;
}

export type Mode = 'grid' | 'tabs';

/** What is on the wall, and how. */
export interface Layout {
  readonly mode: Mode;
  /** 0: as many as there is room for. */
  readonly columns: number;
  /** Pinned ones first. */
  readonly tiles: readonly Tile[];
  /** The tab that is shown. */
  readonly shown: string | undefined;
  /** Whether whatever begins to run is added by itself. */
  readonly following: boolean;
}

/** As many as a wall holds; what is added beyond pushes out the oldest that is not pinned. */
export const mostTiles = 200;
export const columnChoices = [0, 1, 2, 3, 4, 6] as const;
export const emptyLayout: Layout = { mode: 'grid', columns: 0, tiles: [], shown: undefined, following: false };

export const tileId = ({ session, execution }: Pick<Tile, 'session' | 'execution'>) => `${session}:${execution}`;

const one = /^([A-Za-z0-9][A-Za-z0-9._-]{0,63}):([A-Za-z0-9][A-Za-z0-9._-]{0,63})(!?)$/;

/** Reads `?tiles=<session>:<execution>[!],…&mode=tabs&columns=4&tab=<session>:<execution>&following`; what can't be read is left out. */
export function parseLayout(query: URLSearchParams): Layout {
  const found = new Map<string, Tile>();
  for (const text of (query.get('tiles') ?? '').split(',')) {
    const [, session, execution, pin] = one.exec(text) ?? [];
    if (session === undefined || execution === undefined || found.size === mostTiles) continue;
    found.set(tileId({ session, execution }), { session, execution, pinned: pin === '!' });
  }
  const columns = columnChoices.find((choice) => String(choice) === query.get('columns')) ?? 0;
  const shown = query.get('tab') ?? undefined;
  return {
    mode: query.get('mode') === 'tabs' ? 'tabs' : 'grid',
    columns,
    tiles: pinnedFirst([...found.values()]),
    shown: shown !== undefined && found.has(shown) ? shown : undefined,
    following: query.has('following'),
  };
}

/** What {@link parseLayout} reads, without the question mark. */
export function formatLayout({ mode, columns, tiles, shown, following }: Layout): string {
  const parts = [
    ...(tiles.length === 0
      ? []
      : [`tiles=${tiles.map((tile) => `${tileId(tile)}${tile.pinned ? '!' : ''}`).join(',')}`]),
    ...(mode === 'grid' ? [] : [`mode=${mode}`]),
    ...(columns === 0 ? [] : [`columns=${columns}`]),
    ...(shown === undefined ? [] : [`tab=${shown}`]),
    ...(following ? ['following='] : []),
  ];
  return parts.join('&');
}

/** Adds at the end what is not there. */
export function withTiles(layout: Layout, added: readonly Pick<Tile, 'session' | 'execution'>[]): Layout {
  const known = new Set(layout.tiles.map(tileId));
  const fresh = added.filter((tile) => !known.has(tileId(tile))).map((tile) => ({ ...tile, pinned: false }));
  if (fresh.length === 0) return layout;
  const all = [...layout.tiles, ...fresh];
  const over = all.length - mostTiles;
  const pushed = new Set(all.filter((tile) => !tile.pinned).slice(0, Math.max(0, over)));
  return shownOf({ ...layout, tiles: all.filter((tile) => !pushed.has(tile)).slice(0, mostTiles) });
}

export function withoutTile(layout: Layout, id: string): Layout {
  return shownOf({ ...layout, tiles: layout.tiles.filter((tile) => tileId(tile) !== id) });
}

/** Pins a tile to the front, or lets it go behind those that are. */
export function withPin(layout: Layout, id: string): Layout {
  const tiles = layout.tiles.map((tile) => (tileId(tile) === id ? { ...tile, pinned: !tile.pinned } : tile));
  return { ...layout, tiles: pinnedFirst(tiles) };
}

/** What is drawn and followed: of tabs the chosen one, or the first, beside those that are pinned. */
export function drawn({ mode, tiles, shown }: Layout): readonly Tile[] {
  if (mode === 'grid') return tiles;
  const chosen = tiles.find((tile) => tileId(tile) === shown) ?? tiles.find((tile) => !tile.pinned) ?? tiles[0];
  return tiles.filter((tile) => tile.pinned || tile === chosen);
}

function pinnedFirst(tiles: readonly Tile[]): readonly Tile[] {
  return [...tiles.filter((tile) => tile.pinned), ...tiles.filter((tile) => !tile.pinned)];
}

/** A tab that is gone is not the chosen one. */
function shownOf(layout: Layout): Layout {
  const there = layout.tiles.some((tile) => tileId(tile) === layout.shown);
  return there ? layout : { ...layout, shown: undefined };
}
