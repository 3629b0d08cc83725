import type { NamedCondition, NamedProcessDefinition, NamedRestartPolicy } from '@toolruntime/client';

/** What is typed into the form. */
export interface ProcessForm {
  readonly name: string;
  readonly command: string;
  readonly workingDirectory: string;
  readonly environment: string;
  readonly restart: NamedRestartPolicy;
  readonly ready: 'none' | 'pattern' | 'port';
  readonly pattern: string;
  readonly port: string;
  readonly path: string;
  readonly dependsOn: string;
  readonly terminal: boolean;
}

export const emptyForm: ProcessForm = {
  name: '',
  command: '',
  workingDirectory: '',
  environment: '',
  restart: 'on_failure',
  ready: 'none',
  pattern: '',
  port: '',
  path: '',
  dependsOn: '',
  terminal: false,
};

const conditions: readonly string[] = ['started', 'ready', 'completed'] satisfies readonly NamedCondition[];

/** The definition of what was typed. Ranges are the server's to check. */
export function definitionOf(form: ProcessForm): NamedProcessDefinition {
  const dependsOn = form.dependsOn.split(/[\s,]+/).filter((part) => part !== '');
  const variables = form.environment.split('\n').filter((line) => line.includes('='));
  const path = form.path.trim();
  return {
    command: form.command.trim(),
    ...(form.workingDirectory.trim() === '' ? {} : { workingDirectory: form.workingDirectory.trim() }),
    ...(variables.length === 0 ? {} : { environment: Object.fromEntries(variables.map(variable)) }),
    ...(form.terminal ? { terminal: { cols: 120, rows: 30 } } : {}),
    ...(form.restart === 'never' ? {} : { restart: { policy: form.restart } }),
    ...(dependsOn.length === 0 ? {} : { dependsOn: dependsOn.map(dependency) }),
    ...(form.ready === 'pattern' ? { ready: { pattern: form.pattern } } : {}),
    ...(form.ready === 'port' ? { ready: { port: Number(form.port), ...(path === '' ? {} : { path }) } } : {}),
  };
}

/** `db`, or `db:ready`. */
function dependency(part: string): { name: string; condition?: NamedCondition } {
  const at = part.lastIndexOf(':');
  const condition = part.slice(at + 1);
  return at > 0 && conditions.includes(condition)
    ? { name: part.slice(0, at), condition: condition as NamedCondition }
    : { name: part };
}

function variable(line: string): [string, string] {
  const at = line.indexOf('=');
  return [line.slice(0, at).trim(), line.slice(at + 1)];
}
