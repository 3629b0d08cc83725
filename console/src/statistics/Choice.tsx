interface ChoiceProps<T extends string> {
  readonly legend: string;
  readonly options: readonly (readonly [value: T, label: string])[];
  readonly chosen: T;
  readonly choose: (value: T) => void;
}

/** One of a few. */
export function Choice<T extends string>({ legend, options, chosen, choose }: ChoiceProps<T>) {
  return (
    <fieldset className="choice">
      <legend className="unseen">{legend}</legend>
      {options.map(([value, label]) => (
        <label key={value} data-chosen={value === chosen}>
          <input
            type="radio"
            name={legend}
            data-testid={`statistics-${value}`}
            checked={value === chosen}
            onChange={() => choose(value)}
          />
          {label}
        </label>
      ))}
    </fieldset>
  );
}
