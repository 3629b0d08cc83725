import { useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { matches } from './filter.ts';
import { tileId } from './layout.ts';
import type { Running } from './useRunning.ts';

interface WallPickerProps {
  readonly running: readonly Running[];
  /** What is on the wall. */
  readonly there: ReadonlySet<string>;
  readonly add: (tiles: readonly Running[]) => void;
  readonly remove: (id: string) => void;
  readonly closed: () => void;
}

/** What runs, in any session: chosen one by one, or all that are listed. */
export function WallPicker({ running, there, add, remove, closed }: WallPickerProps) {
  const [wanted, setWanted] = useState('');
  const listed = running.filter(({ name, title, execution }) => matches([name, title, execution], wanted));
  const missing = listed.filter((one) => !there.has(tileId(one)));
  return (
    <Dialog title="Add to the wall" testId="wall-picker" className="wall-picker" closed={closed}>
      {() => (
        <div className="dialog-body">
          <div className="row">
            <input
              type="search"
              className="field"
              aria-label="Search what runs"
              placeholder="Tool or session"
              data-testid="wall-picker-search"
              value={wanted}
              onChange={({ target }) => setWanted(target.value)}
            />
            <Button
              label={`Add all ${missing.length}`}
              disabled={missing.length === 0}
              testId="wall-add-all"
              onClick={() => add(missing)}
            />
          </div>
          {listed.length === 0 ? (
            <p className="hint" data-testid="wall-picker-none">
              {running.length === 0 ? 'Nothing runs just now.' : 'Nothing of that name runs.'}
            </p>
          ) : null}
          <ul className="wall-choices" aria-label="What runs">
            {listed.map((one) => (
              <li key={tileId(one)}>
                <label>
                  <input
                    type="checkbox"
                    data-testid="wall-choice"
                    checked={there.has(tileId(one))}
                    onChange={({ target }) => (target.checked ? add([one]) : remove(tileId(one)))}
                  />
                  <b>{one.name}</b> <span className="hint">{one.title}</span>
                </label>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Dialog>
  );
}
