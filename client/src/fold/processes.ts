import type { ProcessChanged, ProcessDefined, ProcessRemoved } from '../wire/events.ts';
import type { NamedProcess } from '../wire/processes.ts';
import type { ViewDraft } from './draft.ts';

/** Folds one event about a named process. */
export function foldProcess(draft: ViewDraft, event: ProcessDefined | ProcessChanged | ProcessRemoved): void {
  const known = draft.view.processes ?? [];
  switch (event.type) {
    case 'process.defined': {
      const { name, process } = event;
      if (known.some((other) => other.name === name))
        return set(
          draft,
          known.map((other) => (other.name === name ? { ...other, process } : other)),
        );
      return set(draft, [...known, { name, process, state: 'stopped', desired: 'stopped', restarts: 0 }]);
    }
    case 'process.changed': {
      const { type: _, seq: _seq, at: _at, by: _by, name, ...standing } = event;
      return set(
        draft,
        known.map((other) => (other.name === name ? { name, process: other.process, ...standing } : other)),
      );
    }
    case 'process.removed':
      return set(
        draft,
        known.filter((other) => other.name !== event.name),
      );
  }
}

function set(draft: ViewDraft, processes: readonly NamedProcess[]): void {
  if (processes.length > 0) return draft.set({ processes });
  const { processes: _, ...rest } = draft.view;
  draft.replace(rest);
}
