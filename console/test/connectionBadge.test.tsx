import { act, cleanup, render, screen } from '@testing-library/react';
import { Connection } from '@toolruntime/client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FakeServer } from '../../client/test/fakeServer.ts';
import { ConnectionBadge } from '../src/app/ConnectionBadge.tsx';

const other = 'http://other.example:8081';
let server: FakeServer;
let connection: Connection;

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  connection = new Connection({ url: `ws://${location.host}/v1/ws`, webSocket: server.webSocket });
});
afterEach(() => {
  cleanup();
  connection.close();
  vi.useRealTimers();
});

const badge = () => screen.getByTestId('connection-state');

it('says whether the page is connected, and names a gateway that it did not come from', async () => {
  render(<ConnectionBadge connection={connection} />);
  expect([badge().dataset.state, badge().dataset.gateway]).toEqual(['closed', undefined]);
  await act(async () => connection.connect());
  act(() => server.socket.welcome(25_000, { gateways: [location.origin, other] }));
  expect([badge().textContent, badge().dataset.gateway]).toEqual(['Online', location.origin]);

  act(() => server.socket.die());
  expect([badge().dataset.state, badge().dataset.gateway]).toEqual(['offline', other]);
  await act(async () => vi.advanceTimersByTimeAsync(100));
  act(() => server.socket.welcome(25_000, { gateways: [other] }));
  expect([badge().textContent, badge().dataset.gateway]).toEqual(['Online at other.example:8081', other]);
  expect(badge().title).toBe(`Connection k1 at ${other}`);
});
