import { useRef } from 'react';
import { Button } from '../ui/Button.tsx';
import { focusAfter } from '../ui/focusAfter.ts';
import { chosenOf, type Draft, draftOfShape, newRow, type Row } from './draft.ts';
import { type FieldProps, FieldView, type InputIds } from './Fields.tsx';
import type { ChoiceField, ListField, MapField } from './fields.ts';
import { memberOf, step } from './schema.ts';

type Props<F extends import('./fields.ts').Field> = FieldProps<F> & { readonly ids: InputIds };

export function ListInput({ field, draft, path, problems, onChange }: Props<ListField>) {
  const rows = draft.rows ?? [];
  const most = memberOf(field.schema, 'maxItems', 'number') ?? Number.POSITIVE_INFINITY;
  return (
    <Rows
      rows={rows}
      set={(next) => onChange({ rows: next })}
      add={rows.length < most ? () => newRow(field.item) : undefined}
      what={field.label}
    >
      {(row, i, change) => (
        <FieldView
          field={field.item}
          draft={row.draft}
          path={path + step(i)}
          problems={problems}
          inRow={`${field.label} ${i + 1}`}
          onChange={(next) => change({ ...row, draft: next })}
        />
      )}
    </Rows>
  );
}

export function MapInput({ field, draft, path, problems, onChange }: Props<MapField>) {
  return (
    <Rows
      rows={draft.rows ?? []}
      set={(next) => onChange({ rows: next })}
      add={() => newRow(field.item, '')}
      what={field.label}
    >
      {(row, i, change) => (
        <>
          <input
            className="field mono"
            aria-label={`${field.label}: name ${i + 1}`}
            placeholder="Name"
            autoComplete="off"
            spellCheck={false}
            value={row.name ?? ''}
            onChange={(event) => change({ ...row, name: event.target.value })}
          />
          <FieldView
            field={field.item}
            draft={row.draft}
            path={path + step(row.name ?? '')}
            problems={problems}
            inRow={`${field.label}: value ${i + 1}`}
            onChange={(next) => change({ ...row, draft: next })}
          />
        </>
      )}
    </Rows>
  );
}

interface RowsProps {
  readonly rows: readonly Row[];
  readonly set: (rows: readonly Row[]) => void;
  /** Makes another one; absent where there may be no more. */
  readonly add: (() => Row) | undefined;
  readonly what: string;
  readonly children: (row: Row, at: number, change: (row: Row) => void) => React.ReactNode;
}

/** Rows that can be added and taken away. */
function Rows({ rows, set, add, what, children }: RowsProps) {
  const list = useRef<HTMLDivElement>(null);
  const addRow = (make: () => Row) => {
    focusAfter(() => set([...rows, make()]), null, '');
    list.current?.querySelector<HTMLElement>('.form-row:last-of-type :is(input, textarea, select)')?.focus();
  };
  return (
    <div className="form-rows" ref={list}>
      {rows.map((row, i) => (
        <div className="form-row" key={row.id}>
          {children(row, i, (changed) => set(rows.map((each) => (each.id === row.id ? changed : each))))}
          <Button
            label={`Remove ${what} ${i + 1}`}
            icon="close"
            iconOnly
            kind="quiet"
            testId="tool-form-remove"
            onClick={() =>
              focusAfter(() => set(rows.filter((each) => each.id !== row.id)), list.current, 'tool-form-add')
            }
          />
        </div>
      ))}
      {add === undefined ? null : (
        <Button
          label="Add"
          icon="plus"
          className="button-small"
          testId="tool-form-add"
          aria-label={`Add to ${what}`}
          onClick={() => addRow(add)}
        />
      )}
    </div>
  );
}

/** One of several shapes: which, and then its own fields. */
export function ChoiceInput({ field, draft, path, problems, onChange, ids }: Props<ChoiceField>) {
  const at = chosenOf(field, draft);
  const shape = field.choices[at];
  const { 'aria-label': _, ...select } = ids;
  const choose = (chosen: number) => onChange(chosen < 0 ? {} : { ...draft, chosen });
  const fill = (next: Draft) => onChange({ chosen: at, shapes: { ...draft.shapes, [at]: next } });
  return (
    <>
      <select
        {...select}
        className="field"
        aria-label={`${field.label}: kind`}
        value={at}
        onChange={(event) => choose(Number(event.target.value))}
      >
        {field.required ? null : <option value={-1}>Default</option>}
        {field.choices.map((choice, i) => (
          <option key={choice.label} value={i}>
            {choice.label}
          </option>
        ))}
      </select>
      {shape === undefined ? null : (
        <FieldView
          key={at}
          field={shape}
          draft={draft.shapes?.[at] ?? draftOfShape(field, at)}
          path={path}
          problems={problems}
          inRow={shape.kind === 'members' ? shape.label : `${field.label}: ${shape.label}`}
          onChange={fill}
        />
      )}
    </>
  );
}
