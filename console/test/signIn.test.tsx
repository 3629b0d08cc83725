import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { Connection } from '@toolruntime/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeServer } from '../../client/test/fakeServer.ts';
import { lastSession, touch } from '../src/sessions/sessions.ts';
import { SignIn } from '../src/signIn/SignIn.tsx';
import { SignOutButton } from '../src/signIn/SignOutButton.tsx';

let server: FakeServer;
let connection: Connection;
let signedIn: number;

beforeEach(() => {
  localStorage.clear();
  server = new FakeServer();
  connection = new Connection({ url: 'ws://localhost/v1/ws', webSocket: server.webSocket });
  signedIn = 0;
  render(<SignIn connection={connection} signedIn={() => signedIn++} />);
  act(() => connection.connect());
});

afterEach(() => {
  cleanup();
  connection.close();
  vi.unstubAllGlobals();
});

function answer(status: number): ReturnType<typeof vi.fn> {
  const fetched = vi.fn(async () => new Response('{}', { status }));
  vi.stubGlobal('fetch', fetched);
  return fetched;
}

async function submit(key: string): Promise<void> {
  fireEvent.change(screen.getByLabelText(/key/), { target: { value: key } });
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Sign in' })));
}

describe('SignIn', () => {
  it('shows nothing while the server lets the page in, or closes for another reason', () => {
    act(() => server.socket.welcome());
    expect(screen.queryByTestId('sign-in')).toBeNull();
    act(() => server.socket.die(4500));
    expect(screen.queryByTestId('sign-in')).toBeNull();
  });

  it('trades the key for the cookie and connects again', async () => {
    const fetched = answer(200);
    act(() => server.socket.die(4501));
    await submit(' trk.ann.x ');
    expect(fetched).toHaveBeenCalledWith(
      expect.stringMatching(/\/v1\/login$/),
      expect.objectContaining({ body: '{"key":"trk.ann.x"}', method: 'POST' }),
    );
    expect(server.sockets).toHaveLength(2);
    act(() => server.socket.welcome());
    expect(signedIn).toBe(1);
    expect(screen.queryByTestId('sign-in')).toBeNull();
  });

  it('says that a key is wrong and stays', async () => {
    answer(401);
    act(() => server.socket.die(4505));
    await submit('wrong');
    expect(screen.getByRole('alert').textContent).toContain('does not know this key');
    expect(server.sockets).toHaveLength(1);
    expect(signedIn).toBe(0);
  });
});

describe('SignOutButton', () => {
  it('is there while somebody is signed in, and takes away what the browser knows', async () => {
    render(<SignOutButton />);
    expect(screen.queryByTestId('sign-out')).toBeNull();
    const fetched = answer(200);
    act(() => server.socket.die(4501));
    await submit('trk.ann.x');
    touch('s1', 'secret plans');

    const assign = vi.fn();
    vi.stubGlobal('location', { assign });
    await act(async () => fireEvent.click(screen.getByTestId('sign-out')));
    expect(fetched).toHaveBeenLastCalledWith(
      expect.stringMatching(/\/v1\/logout$/),
      expect.objectContaining({ method: 'POST' }),
    );
    expect(lastSession()).toBeUndefined();
    expect(assign).toHaveBeenCalledWith('/');
    expect(screen.queryByTestId('sign-out')).toBeNull();
  });
});
