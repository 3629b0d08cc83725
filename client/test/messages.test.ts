import { describe, expect, it } from 'vitest';
import { CommandError, Connection, type ConnectionOptions, DecodeError } from '../src/index.ts';

const message = { id: 'm1', role: 'user', text: 'hi', state: 'completed', at: '2026-01-31T09:30:00.000Z', batches: [] };

function world(
  answer: (url: string, init?: RequestInit) => Response | Promise<Response>,
  more: Partial<ConnectionOptions> = {},
) {
  const asked: { url: string; headers: Headers }[] = [];
  const connection = new Connection({
    url: 'wss://chat.example/v1/ws',
    fetch: async (url, init) => {
      asked.push({ url: String(url), headers: new Headers(init?.headers) });
      return answer(String(url), init);
    },
    ...more,
  });
  return { asked, session: connection.session('s1') };
}

describe('readMessages', () => {
  it('reads a page beside the socket, with the token', async () => {
    const { asked, session } = world(() => Response.json({ messages: [{ ...message, later: 1 }], more: true }), {
      token: () => 'secret',
    });

    const page = await session.readMessages({ before: 'm2', limit: 50 });

    expect(page).toEqual({ messages: [message], more: true });
    expect(asked[0]?.url).toBe('https://chat.example/v1/sessions/s1/messages?before=m2&limit=50');
    expect(asked[0]?.headers.get('authorization')).toBe('Bearer secret');
  });

  it('asks for the newest without credentials of its own where there is no token', async () => {
    const { asked, session } = world(() => Response.json({ messages: [], more: false }), {
      url: 'ws://localhost:8080/v1/ws',
    });

    expect(await session.readMessages()).toEqual({ messages: [], more: false });
    expect(asked[0]?.url).toBe('http://localhost:8080/v1/sessions/s1/messages');
    expect(asked[0]?.headers.has('authorization')).toBe(false);
  });

  it('rejects with what the server says', async () => {
    const { session } = world(() =>
      Response.json({ error: { code: 'not_found', message: 'gone', retryable: false } }, { status: 404 }),
    );

    const error = await session.readMessages({ before: 'm0' }).catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(CommandError);
    expect(error).toMatchObject({ code: 'not_found', retryable: false });
  });

  it('rejects as unavailable where no server answers', async () => {
    const { session } = world(() => Promise.reject(new TypeError('failed')));

    await expect(session.readMessages()).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  });

  it('rejects what is no page', async () => {
    const { session } = world(() => Response.json({ messages: [{ id: 1 }] }));

    await expect(session.readMessages()).rejects.toBeInstanceOf(DecodeError);
  });

  it('ends when its signal says so', async () => {
    const { session } = world((_, init) => Promise.reject(init?.signal?.reason));

    await expect(session.readMessages({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  });
});
