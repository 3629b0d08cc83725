import { onNextFrame } from './frames.ts';
import { TerminalModel } from './model.ts';

/** So many lines a card keeps, the screen not counted. */
const cardLines = 1_050;
/** So many terminals of cards that are out of sight are kept, so that a card that comes back is there at once. */
const keptModels = 24;

const models = new Map<string, TerminalModel>();
const users = new Map<TerminalModel, number>();

/** The terminal of a card's output stream. */
export function cardModel(executionId: string, stream: string): TerminalModel {
  const key = `${executionId}/${stream}`;
  const known = models.get(key);
  const model = known ?? new TerminalModel(cardLines);
  models.delete(key);
  models.set(key, model);
  if (known === undefined) discard();
  return model;
}

/** Keeps a terminal for as long as a card shows it; returns how to let go of it. */
export function hold(model: TerminalModel): () => void {
  users.set(model, (users.get(model) ?? 0) + 1);
  return () => {
    const left = (users.get(model) ?? 1) - 1;
    if (left > 0) users.set(model, left);
    else users.delete(model);
    discard();
  };
}

/** Resolves when all terminals that cards show have been painted with what they were given, or after so many milliseconds. */
export async function allPainted(mostMs: number): Promise<void> {
  const until = performance.now() + mostMs;
  const frame = () => new Promise<void>(onNextFrame);
  // What was told to React before this is on the page by then.
  for (let i = 0; i < 2; i++) await frame();
  while (performance.now() < until && [...users.keys()].some((model) => !model.settled)) await frame();
  await frame();
}

function discard(): void {
  let over = models.size - users.size - keptModels;
  for (const [key, model] of models) {
    if (over <= 0) return;
    if (users.has(model)) continue;
    models.delete(key);
    over--;
  }
}
