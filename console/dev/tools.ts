import type { JsonObject } from '../../client/src/index.ts';

/** One thing that a simulated tool does; `wait` is in milliseconds. */
export type Step =
  | { readonly wait: number }
  | { readonly out: string; readonly stream?: 'stdout' | 'stderr' }
  | { readonly stage: string; readonly percent: number; readonly message?: string }
  | { readonly retry: string }
  | { readonly fail: string; readonly message: string }
  | { readonly approval: true }
  | { readonly result: JsonObject; readonly summary: string };

const colours = [
  '\x1b[1;34msrc\x1b[0m  \x1b[32mbuild.sh\x1b[0m  README.md\n',
  '\x1b[31merror\x1b[0m: none   \x1b[33mwarning\x1b[0m: 2   \x1b[38;5;208mnote\x1b[0m: 7\n',
  '\x1b[7m inverse \x1b[0m \x1b[2mdim\x1b[0m \x1b[3mitalic\x1b[0m \x1b[4munderline\x1b[0m\n',
];

/** What a call of a simulated tool does. Nothing is ever run. */
export function* script(tool: string, args: JsonObject): Generator<Step> {
  if (tool === 'shell') yield* shell(String(args.command ?? ''));
  else if (tool === 'file_write') yield* fileWrite(String(args.path ?? 'file'), String(args.content ?? ''));
  else if (tool === 'computer') yield { result: { ok: true }, summary: 'Nothing to do.' };
  else yield { fail: 'not_found', message: `There is no tool ${tool}.` };
}

function* shell(command: string): Generator<Step> {
  const loop = /seq 1 (\d+).*?(?:sleep ([\d.]+))?;? *done/.exec(command);
  if (command.startsWith('rm ')) yield { approval: true };
  if (loop) {
    for (let i = 1; i <= Number(loop[1]); i++) {
      yield { out: `line ${i}\n` };
      yield { wait: Number(loop[2] ?? 0.02) * 1_000 };
    }
  } else if (command.includes('color')) for (const out of colours) yield* [{ out }, { wait: 300 }];
  else if (command.includes('curl')) {
    for (let i = 0; i <= 20; i++) yield* [{ out: `\rdownloaded ${i * 5} %` }, { wait: 120 }];
    yield { out: '\n' };
  } else if (command.includes('flaky'))
    yield* [{ out: 'first try\n' }, { wait: 700 }, { retry: 'temporary failure' }, { wait: 1_500 }];
  else if (command.includes('false')) {
    yield* [{ out: 'make: *** no rule to make target\n', stream: 'stderr' as const }, { wait: 400 }];
    yield { fail: 'exit_code', message: 'The command ended with exit code 2.' };
  } else yield* [{ wait: 500 }, { out: `$ ${command}\nok\n` }];
  yield { result: { exitCode: 0 }, summary: 'Exit code 0.' };
}

function* fileWrite(path: string, content: string): Generator<Step> {
  for (const [stage, percent] of [
    ['analyzing', 20],
    ['validating', 45],
    ['writing', 80],
    ['complete', 100],
  ] as const) {
    yield { stage, percent, message: path };
    yield { wait: 500 };
  }
  yield { result: { path, bytes: content.length }, summary: `Wrote ${path}, ${content.length} bytes.` };
}
