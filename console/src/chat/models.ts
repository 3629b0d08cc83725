const key = 'toolruntime.models';
const kept = 20;

function load(): readonly string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(stored) ? stored.filter((name) => typeof name === 'string') : [];
  } catch {
    return [];
  }
}

/** Models that messages of this browser named, the last first.. */
export function usedModels(): readonly string[] {
  return load();
}

/** Notes that a message named a model. */
export function usedModel(name: string): void {
  try {
    localStorage.setItem(key, JSON.stringify([name, ...load().filter((other) => other !== name)].slice(0, kept)));
  } catch {
    // Private windows may refuse; then there are fewer suggestions.
  }
}
