import { expect, it, vi } from 'vitest';
import { tellFault, watchFaults } from '../src/app/faults.ts';

it('what nobody handles is told to the server, each fault once and few in all', async () => {
  const sent: string[] = [];
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    sent.push(`${new URL(url).pathname} ${JSON.parse(String(init.body)).message}`);
    return new Response('{}', { status: 202 });
  });
  watchFaults();

  dispatchEvent(new ErrorEvent('error', { error: new Error('first') }));
  tellFault(new Error('first'));
  for (let i = 0; i < 20; i++) tellFault(new Error(`fault ${i}`));

  await vi.waitFor(() => expect(sent).toHaveLength(10));
  expect(sent[0]).toBe('/v1/client-errors first');
  expect(new Set(sent).size).toBe(10);
});
