import type { ButtonHTMLAttributes } from 'react';
import { type IconName, icons } from './icons.tsx';

interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'children'> {
  /** What it does, for everybody: the text, or the accessible name and tooltip where only the icon is shown. */
  readonly label: string;
  readonly icon?: IconName;
  readonly iconOnly?: boolean;
  readonly kind?: 'plain' | 'primary' | 'danger' | 'quiet';
  readonly testId?: string;
}

/** A button; never submits a form. */
export function Button({ label, icon, iconOnly = false, kind = 'plain', testId, className, ...rest }: ButtonProps) {
  const classes = ['button', `button-${kind}`, iconOnly ? 'button-icon' : '', className ?? ''].filter(Boolean);
  return (
    <button
      type="button"
      className={classes.join(' ')}
      data-testid={testId}
      {...(iconOnly ? { 'aria-label': label, title: label } : {})}
      {...rest}
    >
      {icon === undefined ? null : icons[icon]}
      {iconOnly ? null : <span>{label}</span>}
    </button>
  );
}
