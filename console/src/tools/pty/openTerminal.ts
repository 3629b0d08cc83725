import type { Session } from '@toolruntime/client';
import { report } from '../../ui/report.ts';
import { showLarge } from './large.ts';

export const terminalTool = 'terminal';

/** The command of a line such as `/terminal vim notes.txt`, empty for a shell; `undefined` for any other text. */
export function terminalCommand(text: string): string | undefined {
  return /^\/terminal(?:[ \t]+([^\n{][^\n]*))?\s*$/
    .exec(text)
    ?.slice(1)
    .map((found) => (found ?? '').trim())[0];
}

/** Opens a terminal in the session, and shows it large. */
export function openTerminal(session: Session, command = ''): void {
  const call = { tool: terminalTool, arguments: command === '' ? {} : { command } };
  report(
    'Opening a terminal',
    session.runTools([call]).then(({ executionIds }) => showLarge(executionIds[0])),
  );
}
