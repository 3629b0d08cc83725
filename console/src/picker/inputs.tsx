import type { KeyboardEvent } from 'react';
import type { FieldProps, InputIds } from './Fields.tsx';
import type { FlagField, NumberField, OptionsField, TextField } from './fields.ts';
import { memberOf } from './schema.ts';

type Props<F extends import('./fields.ts').Field> = FieldProps<F> & { readonly ids: InputIds };

const inputTypes: Readonly<Record<string, string>> = { email: 'email', uri: 'url', date: 'date', time: 'time' };

/** Runs the form that a text area stands in. */
function submit(event: KeyboardEvent<HTMLTextAreaElement>): void {
  event.preventDefault();
  event.currentTarget.form?.requestSubmit();
}

export function TextInput({ field, draft, onChange, ids }: Props<TextField>) {
  const shared = {
    ...ids,
    value: draft.text ?? '',
    spellCheck: false,
    autoComplete: 'off',
    maxLength: memberOf(field.schema, 'maxLength', 'number'),
  };
  if (field.size === 'line') {
    return (
      <input
        {...shared}
        className="field"
        type={inputTypes[String(field.schema.format)] ?? 'text'}
        onChange={(event) => onChange({ text: event.target.value })}
      />
    );
  }
  const page = field.size === 'page';
  return (
    <textarea
      {...shared}
      className="field mono"
      rows={page ? 7 : Math.min(8, Math.max(2, (draft.text ?? '').split('\n').length))}
      onChange={(event) => onChange({ text: event.target.value })}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
        if (event.ctrlKey || event.metaKey || (!page && !event.shiftKey)) submit(event);
      }}
    />
  );
}

export function NumberInput({ field, draft, onChange, ids }: Props<NumberField>) {
  const { schema } = field;
  const least = memberOf(schema, 'minimum', 'number');
  const most = memberOf(schema, 'maximum', 'number');
  return (
    <span className="form-number">
      <input
        {...ids}
        className="field"
        // Not of type number: that says nothing of what was typed where it is none.
        type="text"
        inputMode={schema.type === 'integer' && (least ?? 0) >= 0 ? 'numeric' : 'text'}
        autoComplete="off"
        value={draft.text ?? ''}
        onChange={(event) => onChange({ text: event.target.value })}
      />
      <span className="hint">{bounds(least, most)}</span>
    </span>
  );
}

/** What a number may be, where there is anything to say. */
function bounds(least: number | undefined, most: number | undefined): string {
  const shown = (n: number) => n.toLocaleString('en');
  if (least !== undefined && most !== undefined) return `${shown(least)} to ${shown(most)}`;
  if (least !== undefined) return `${shown(least)} or more`;
  return most === undefined ? '' : `${shown(most)} or less`;
}

/** Yes or no; where it may be left out, that is a choice of its own. */
export function FlagInput({ field, draft, onChange, ids }: Props<FlagField>) {
  if (field.required) {
    return (
      <span className="check">
        <input
          {...ids}
          type="checkbox"
          aria-labelledby={`${ids.id}-name`}
          checked={draft.flag === true}
          onChange={(event) => onChange({ flag: event.target.checked })}
        />
      </span>
    );
  }
  const choices = [
    ['Default', undefined],
    ['Yes', true],
    ['No', false],
  ] as const;
  return (
    <span
      className="form-flag"
      role="radiogroup"
      aria-labelledby={`${ids.id}-name`}
      aria-describedby={ids['aria-describedby']}
    >
      {choices.map(([label, flag]) => (
        <label key={label}>
          <input
            type="radio"
            name={ids.id}
            checked={draft.flag === flag}
            onChange={() => onChange(flag === undefined ? {} : { flag })}
          />
          {label}
        </label>
      ))}
    </span>
  );
}

export function OptionsInput({ field, draft, onChange, ids }: Props<OptionsField>) {
  return (
    <select
      {...ids}
      className="field"
      value={draft.text ?? ''}
      onChange={(event) => onChange({ text: event.target.value })}
    >
      <option value="">{field.required ? 'Choose one' : 'Default'}</option>
      {field.options.map((option, i) => (
        <option key={option.label} value={i}>
          {option.label}
        </option>
      ))}
    </select>
  );
}
