import { asObject, number, optNumber, optText, text } from './fields.ts';
import type { JsonValue } from './json.ts';

/** How far a turn is; a state that this SDK does not know counts as `answer`. */
export type TurnState = 'question' | 'thinking' | 'answer' | 'complete';

/** A question at a terminal and its answer, as far as they have come. */
export interface TerminalTurn {
  /** 1 for the first of the attempt. */
  readonly number: number;
  readonly state: TurnState;
  /** `osc633`, `osc133`, or the name of a rule. */
  readonly source: string;
  /** Where the line with the question begins in the stream `terminal`, in bytes. */
  readonly offset: number;
  readonly question?: string;
  /** The turn that it is part of. */
  readonly in?: number;
  readonly answerOffset?: number;
  readonly endOffset?: number;
  readonly exitCode?: number;
  readonly durationMs?: number;
  /** The shell's folder. */
  readonly cwd?: string;
  /** When it was asked; in views. */
  readonly at?: string;
}

/** So many of the newest turns are in a view. */
export const shownTurns = 50;

const states: readonly TurnState[] = ['question', 'thinking', 'answer', 'complete'];

/** Reads a turn. Throws {@link DecodeError}. */
export function decodeTurn(json: JsonValue | undefined): TerminalTurn {
  const o = asObject(json ?? null, 'turn');
  return {
    number: number(o, 'number'),
    state: states.find((state) => state === o.state) ?? 'answer',
    source: text(o, 'source'),
    offset: number(o, 'offset'),
    ...optText(o, 'question'),
    ...optNumber(o, 'in'),
    ...optNumber(o, 'answerOffset'),
    ...optNumber(o, 'endOffset'),
    ...optNumber(o, 'exitCode'),
    ...optNumber(o, 'durationMs'),
    ...optText(o, 'cwd'),
    ...optText(o, 'at'),
  };
}
