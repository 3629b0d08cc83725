import { expect, test } from 'vitest';
import { reportFault } from '../src/index.ts';

function recorded(answer: () => Promise<Response>): {
  readonly calls: [string, RequestInit][];
  readonly fetch: typeof fetch;
} {
  const calls: [string, RequestInit][] = [];
  return {
    calls,
    fetch: (url, init) => {
      calls.push([String(url), init ?? {}]);
      return answer();
    },
  };
}

test('an error is posted beside the socket, with credentials and bounded texts', async () => {
  const { calls, fetch } = recorded(async () => new Response('{}', { status: 202 }));
  const error = new TypeError('x'.repeat(5_000));
  error.stack = 'y'.repeat(50_000);

  await reportFault({ url: 'wss://host:1/v1/ws', token: () => 'trk.a', fetch }, error, {
    client: 'test 1',
    session: 's1',
  });

  const [url, init] = calls[0] ?? ['', {}];
  expect(url).toBe('https://host:1/v1/client-errors');
  expect(init.headers).toEqual({ 'content-type': 'application/json', authorization: 'Bearer trk.a' });
  const body = JSON.parse(String(init.body));
  expect(body).toMatchObject({ name: 'TypeError', client: 'test 1', session: 's1' });
  expect([body.message.length, body.stack.length]).toEqual([2_000, 8_000]);
});

test('what is no error is told as text, and a report that fails is nobody’s', async () => {
  const { calls, fetch } = recorded(() => Promise.reject(new Error('offline')));

  await reportFault({ url: 'ws://host/v1/ws', fetch }, 'broken');

  expect(calls).toHaveLength(1);
  expect(JSON.parse(String(calls[0]?.[1].body)).message).toBe('broken');
});
