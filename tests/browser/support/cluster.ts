import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect } from '@playwright/test';
import { Gateway, program } from './gateway.ts';
import { ServerProcess } from './serverProcess.ts';

const siloProgram = process.env.SILO_DLL ?? program.replaceAll('ToolRuntime.Gateway', 'ToolRuntime.Silo');

/** Redis, two silos and some gateways, each a process of its own. */
export class Cluster {
  readonly gateways: Gateway[] = [];
  readonly silos: ServerProcess[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), 'toolruntime-cluster-'));
  readonly #redis = new ServerProcess(/(Ready to accept)/);
  readonly #count: number;
  readonly #settings: readonly string[];

  /**
   * @param count how many gateways.
   * @param settings further arguments of gateways.
   */
  constructor(count: number, ...settings: string[]) {
    this.#count = count;
    this.#settings = settings;
  }

  async start(): Promise<void> {
    const port = String(await freePort());
    const files = ['--dir', this.#folder, '--appendonly', 'yes', '--save', ''];
    await this.#redis.start('redis-server', ['--port', port, '--bind', '127.0.0.1', ...files]);
    const redis = ['--redis', `127.0.0.1:${port}`];
    const data = ['--ToolRuntime:Data:Path', join(this.#folder, 'data'), '--ToolRuntime:Models:Default', 'directive'];
    for (let i = 0; i < 2; i++) this.silos.push(new ServerProcess(/Silo ready on (\S+?)(?:,|$)/));
    for (let i = 0; i < this.#count; i++) this.gateways.push(new Gateway(...redis, ...this.#settings));
    await Promise.all(this.silos.map((silo) => silo.start('dotnet', [siloProgram, ...redis, ...data])));
    await Promise.all(this.gateways.map((gateway) => gateway.start()));
  }

  get pair(): [Gateway, Gateway] {
    return this.gateways as [Gateway, Gateway];
  }

  /** Waits until the gateways have heard of each other. */
  async known(): Promise<void> {
    for (const [gateway, other] of [this.pair, this.pair.toReversed() as [Gateway, Gateway]]) {
      const policy = async () => (await fetch(gateway.address)).headers.get('content-security-policy');
      await expect.poll(policy).toContain(other.address);
    }
  }

  async dispose(): Promise<void> {
    await Promise.all(this.gateways.map((gateway) => gateway.dispose()));
    await Promise.all([...this.silos, this.#redis].map((process) => process.end('SIGKILL')));
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** A key of a user, and the file that gateways know it from. */
interface Keys {
  readonly key: string;
  readonly file: string;
}

/** A cluster of its own for each test, with a key. */
export const clusterTest = base.extend<{ gateways: number; keys: Keys; cluster: Cluster }>({
  gateways: [2, { option: true }],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures that are needed.
  keys: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'toolruntime-keys-'));
    const { key, entry } = Gateway.newKey('acme', 'ann');
    const file = join(folder, 'keys.json');
    writeFileSync(file, entry);
    await use({ key, file });
    rmSync(folder, { recursive: true, force: true });
  },
  cluster: async ({ gateways, keys }, use) => {
    const cluster = new Cluster(gateways, '--ToolRuntime:Access:File', keys.file);
    try {
      await cluster.start();
      await use(cluster);
    } finally {
      await cluster.dispose();
    }
  },
});

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
