import { type ReactNode, useId } from 'react';
import type { Draft } from './draft.ts';
import type { Field } from './fields.ts';
import { FlagInput, NumberInput, OptionsInput, TextInput } from './inputs.tsx';
import { Members } from './Members.tsx';
import { ChoiceInput, ListInput, MapInput } from './rows.tsx';

export interface FieldProps<F extends Field = Field> {
  readonly field: F;
  readonly draft: Draft;
  /** Where it is in the arguments, a JSON Pointer. */
  readonly path: string;
  /** What is wrong, by where. */
  readonly problems: ReadonlyMap<string, string>;
  readonly onChange: (draft: Draft) => void;
  /** Stands in a row of a list, whose label says what it is. */
  readonly inRow?: string;
}

/** What an input needs to be known by: what names it, what describes it, and whether it is wrong. */
export interface InputIds {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': boolean;
  readonly 'aria-required': boolean | undefined;
  readonly 'aria-label'?: string;
}

/** A field with its name, what it is for, and what is wrong with it. */
export function FieldView(props: FieldProps) {
  const { field, path, problems, inRow } = props;
  const id = useId();
  const problem = problems.get(path);
  const described = [
    ...(field.description === undefined || inRow !== undefined ? [] : [`${id}-what`]),
    ...(problem === undefined ? [] : [`${id}-wrong`]),
  ].join(' ');
  const ids: InputIds = {
    id,
    'aria-describedby': described || undefined,
    'aria-invalid': problem !== undefined,
    'aria-required': field.required || undefined,
    ...(inRow === undefined ? {} : { 'aria-label': inRow }),
  };
  const group = field.kind === 'list' || field.kind === 'map' || field.kind === 'members' || field.kind === 'choice';
  const heading = inRow === undefined ? <Label field={field} id={id} group={group} /> : null;
  const body = (
    <>
      {field.description === undefined || inRow !== undefined ? null : (
        <p className="hint" id={`${id}-what`}>
          {field.description}
        </p>
      )}
      <Input {...props} ids={ids} />
      {problem === undefined ? null : (
        <p className="form-problem" id={`${id}-wrong`} data-testid="tool-form-problem" data-path={path}>
          {problem}
        </p>
      )}
    </>
  );
  const shared = {
    className: 'form-field',
    'data-testid': 'tool-form-field',
    'data-path': path,
    'data-kind': field.kind,
  };
  return group ? (
    <fieldset {...shared} aria-describedby={ids['aria-describedby']} aria-label={inRow}>
      {heading}
      {body}
    </fieldset>
  ) : (
    <div {...shared}>
      {heading}
      {body}
    </div>
  );
}

function Label({
  field,
  id,
  group,
}: {
  readonly field: Field;
  readonly id: string;
  readonly group: boolean;
}): ReactNode {
  const text = (
    <>
      {field.label}
      {field.required ? <span className="form-required"> required</span> : null}
    </>
  );
  if (group) return <legend className="label">{text}</legend>;
  if (field.kind === 'flag')
    return (
      <span className="label" id={`${id}-name`}>
        {text}
      </span>
    );
  return (
    <label className="label" htmlFor={id}>
      {text}
    </label>
  );
}

function Input(props: FieldProps & { readonly ids: InputIds }) {
  const { field, ...rest } = props;
  switch (field.kind) {
    case 'text':
      return <TextInput {...rest} field={field} />;
    case 'number':
      return <NumberInput {...rest} field={field} />;
    case 'flag':
      return <FlagInput {...rest} field={field} />;
    case 'options':
      return <OptionsInput {...rest} field={field} />;
    case 'list':
      return <ListInput {...rest} field={field} />;
    case 'map':
      return <MapInput {...rest} field={field} />;
    case 'choice':
      return <ChoiceInput {...rest} field={field} />;
    case 'members':
      return <Members {...rest} field={field} />;
    case 'const':
      return <ConstInput {...rest} field={field} />;
    case 'json':
      return (
        <textarea
          {...rest.ids}
          className="field mono"
          rows={4}
          spellCheck={false}
          placeholder="JSON"
          value={rest.draft.text ?? ''}
          onChange={(event) => rest.onChange({ text: event.target.value })}
        />
      );
  }
}

function ConstInput({ field, draft, onChange, ids }: FieldProps & { readonly ids: InputIds }) {
  const value = field.kind === 'const' ? JSON.stringify(field.value) : '';
  if (field.required) return <output id={ids.id}>{value}</output>;
  return (
    <span className="check">
      <input
        {...ids}
        type="checkbox"
        checked={draft.flag === true}
        onChange={(event) => onChange(event.target.checked ? { flag: true } : {})}
      />
      <code>{value}</code>
    </span>
  );
}
