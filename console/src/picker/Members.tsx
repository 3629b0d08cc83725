import { useState } from 'react';
import { count } from '../ui/format.ts';
import { type Draft, isFilled } from './draft.ts';
import { type FieldProps, FieldView } from './Fields.tsx';
import type { Member, MembersField } from './fields.ts';
import { step } from './schema.ts';

/** So many fields that may be left out stand in the open; more are folded. */
const openOptions = 2;

/** The fields of an object: first what is required, then, folded where it is much, what may be left out. */
export function Members({ field, draft, path, problems, onChange }: FieldProps<MembersField>) {
  const required = field.members.filter((member) => member.field.required);
  const others = field.members.filter((member) => !member.field.required);
  const folded = others.length > openOptions && required.length > 0;
  const [open, setOpen] = useState(() => others.some(({ name }) => isFilled(draft.members?.[name] ?? {})));
  const wrong = others.some(({ name }) => [...problems.keys()].some((at) => isAt(at, path + step(name))));
  const change = (name: string) => (next: Draft) => onChange({ members: { ...draft.members, [name]: next } });
  const show = ({ name, field: each }: Member) => (
    <FieldView
      key={name}
      field={each}
      draft={draft.members?.[name] ?? {}}
      path={path + step(name)}
      problems={problems}
      onChange={change(name)}
    />
  );
  return (
    <div className="form-members">
      {required.map(show)}
      {folded ? (
        <details
          className="form-more"
          data-testid="tool-form-more"
          open={open || wrong}
          onToggle={(event) => setOpen(event.currentTarget.open)}
        >
          <summary>{count(others.length, 'more option')}</summary>
          <div className="form-members">{others.map(show)}</div>
        </details>
      ) : (
        others.map(show)
      )}
    </div>
  );
}

const isAt = (path: string, place: string) => path === place || path.startsWith(`${place}/`);
