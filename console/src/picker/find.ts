import type { KnownTool } from '../sessions/useTools.ts';

/** The tools that a few letters may mean: names that begin so first, then names and descriptions that hold all the words. */
export function findTools(tools: readonly KnownTool[], typed: string): readonly KnownTool[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const [first = ''] = words;
  const rank = ({ name, description }: KnownTool) => {
    const called = name.toLowerCase();
    if (called.startsWith(first) && words.length <= 1) return 0;
    if (words.every((word) => called.includes(word))) return 1;
    return words.every((word) => `${called} ${description.toLowerCase()}`.includes(word)) ? 2 : 3;
  };
  return [0, 1, 2].flatMap((wanted) => tools.filter((tool) => rank(tool) === wanted));
}

/** What is typed of a tool's name where a text is nothing but `/` and the beginning of one. */
export function slashed(text: string): string | undefined {
  return /^\/([\w.:-]*)$/.exec(text)?.[1];
}
