import { type ComponentProps, type ReactNode, useId } from 'react';

interface Labelled {
  readonly label: string;
  readonly testId: string;
}

interface TextFieldProps
  extends Labelled,
    Omit<ComponentProps<'input'>, 'id' | 'className' | 'value' | 'onChange' | 'autoComplete'> {
  readonly value: string;
  readonly change: (value: string) => void;
  /** What stands in its row behind it. */
  readonly beside?: ReactNode;
}

/** A line of text with its label above. */
export function TextField({ label, testId, value, change, beside, ...input }: TextFieldProps) {
  const id = useId();
  const field = (
    <input
      {...input}
      id={id}
      className="field"
      data-testid={testId}
      autoComplete="off"
      value={value}
      onChange={(event) => change(event.target.value)}
    />
  );
  return (
    <>
      <label className="label" htmlFor={id}>
        {label}
      </label>
      {beside === undefined ? (
        field
      ) : (
        <div className="row">
          {field}
          {beside}
        </div>
      )}
    </>
  );
}

interface SelectFieldProps<T extends string> extends Labelled {
  readonly options: readonly (readonly [value: T, label: string])[];
  readonly value: T;
  readonly change: (value: T) => void;
}

/** A choice with its label above. */
export function SelectField<T extends string>({ label, testId, options, value, change }: SelectFieldProps<T>) {
  const id = useId();
  return (
    <>
      <label className="label" htmlFor={id}>
        {label}
      </label>
      <select
        id={id}
        className="field"
        data-testid={testId}
        value={value}
        onChange={(event) => change(event.target.value as T)}
      >
        {options.map(([option, text]) => (
          <option key={option} value={option}>
            {text}
          </option>
        ))}
      </select>
    </>
  );
}

/** The button that sends a form. */
export function Submit({ label, testId, disabled }: Labelled & { readonly disabled: boolean }) {
  return (
    <button type="submit" className="button button-primary" data-testid={testId} disabled={disabled}>
      {label}
    </button>
  );
}
