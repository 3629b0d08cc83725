import { Connection } from '@toolruntime/client';

const url = new URL('/v1/ws', location.href);
url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';

/** The page's one connection. Credentials are the page's cookie, or none where the server asks for none. */
export const connection = new Connection({ url: url.href });

/** `fetch` of a path of the server, at the gateway that the connection is at. */
export function ask(path: string, init?: RequestInit): Promise<Response> {
  return connection.fetch(path, init);
}
