import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A PostgreSQL of a test's own, reached by its socket alone. It refuses root, so root starts it as `postgres`. */
export class Postgres {
  readonly folder = mkdtempSync(join(tmpdir(), 'toolruntime-postgres-'));
  readonly #programs: string;

  constructor() {
    const versions = '/usr/lib/postgresql';
    this.#programs = join(versions, readdirSync(versions).sort().at(-1) ?? '', 'bin');
    chmodSync(this.folder, 0o777);
    this.#run('initdb', '-D', join(this.folder, 'db'), '-A', 'trust', '-U', 'reader', '-E', 'UTF8', '--locale=C');
    const options = `-c listen_addresses='' -k ${this.folder}`;
    this.#run('pg_ctl', '-D', join(this.folder, 'db'), '-w', '-l', join(this.folder, 'log'), '-o', options, 'start');
  }

  dispose(): void {
    this.#run('pg_ctl', '-D', join(this.folder, 'db'), '-m', 'immediate', 'stop');
    rmSync(this.folder, { recursive: true, force: true });
  }

  #run(program: string, ...args: string[]): void {
    const line = [join(this.#programs, program), ...args];
    const [first = '', ...rest] = process.getuid?.() === 0 ? ['setpriv', ...asPostgres, ...line] : line;
    execFileSync(first, rest, { stdio: 'ignore', cwd: this.folder });
  }
}

const asPostgres = ['--reuid=postgres', '--regid=postgres', '--clear-groups'];
