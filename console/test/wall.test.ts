import { describe, expect, it } from 'vitest';
import { filterLines, matches } from '../src/wall/filter.ts';
import {
  drawn,
  emptyLayout,
  formatLayout,
  type Layout,
  mostTiles,
  parseLayout,
  tileId,
  withoutTile,
  withPin,
  withTiles,
} from '../src/wall/layout.ts';

const of = (...ids: string[]) =>
  ids.map((id) => ({ session: id.split(':')[0] ?? '', execution: id.split(':')[1] ?? '' }));
const ids = (layout: Layout) => layout.tiles.map(tileId);
const wall = withTiles(emptyLayout, of('s:a', 's:b', 't:c'));

describe('the layout of the wall', () => {
  it('is the same after it was written to the address and read again', () => {
    const layout: Layout = { ...withPin(wall, 't:c'), mode: 'tabs', columns: 4, shown: 's:b', following: true };
    expect(parseLayout(new URLSearchParams(formatLayout(layout)))).toEqual(layout);
    expect(formatLayout(emptyLayout)).toBe('');
  });

  it('leaves out what an address has that names nothing', () => {
    const layout = parseLayout(
      new URLSearchParams('tiles=s:a,nonsense,,s:b!!,../x:y,s:a&columns=99&mode=x&tab=gone:x'),
    );
    expect(layout).toEqual({ ...emptyLayout, tiles: [{ session: 's', execution: 'a', pinned: false }] });
  });

  it('adds each once, and lets the oldest that is not pinned go when it is full', () => {
    expect(withTiles(wall, of('s:b'))).toBe(wall);
    const many = Array.from({ length: mostTiles }, (_, i) => `m:x${i}`);
    const full = withTiles(withPin(wall, 's:a'), of(...many));
    expect(full.tiles).toHaveLength(mostTiles);
    expect(ids(full).slice(0, 2)).toEqual(['s:a', 'm:x1']);
    expect(ids(full).at(-1)).toBe(`m:x${mostTiles - 1}`);
  });

  it('puts what is pinned first, and back behind', () => {
    const pinned = withPin(wall, 't:c');
    expect(ids(pinned)).toEqual(['t:c', 's:a', 's:b']);
    expect(ids(withPin(withPin(pinned, 's:b'), 't:c'))).toEqual(['s:b', 't:c', 's:a']);
  });

  it('draws of tabs the chosen one beside the pinned ones', () => {
    const tabs: Layout = { ...withPin(wall, 't:c'), mode: 'tabs', shown: 's:b' };
    expect(drawn(tabs).map(tileId)).toEqual(['t:c', 's:b']);
    expect(drawn(withoutTile(tabs, 's:b')).map(tileId)).toEqual(['t:c', 's:a']);
    expect(drawn({ ...tabs, mode: 'grid' })).toHaveLength(3);
  });
});

describe('the filter of the wall', () => {
  it('finds lines whatever their case, and where', () => {
    expect(filterLines('one\nTWO\nand two\n', 'two')).toEqual([
      { at: 1, text: 'TWO', from: 0, to: 3 },
      { at: 2, text: 'and two', from: 4, to: 7 },
    ]);
    expect(filterLines('a\na\na', 'a', 2).map(({ at }) => at)).toEqual([1, 2]);
    expect(filterLines('one', '')).toEqual([]);
  });

  it('finds terminals by any of what is known of them', () => {
    expect(matches(['terminal', undefined, 'htop -d 5'], 'HTOP')).toBe(true);
    expect(matches(['terminal', undefined], 'vim')).toBe(false);
  });
});
