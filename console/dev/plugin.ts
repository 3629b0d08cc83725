import type { Server } from 'node:http';
import type { Connect, Plugin } from 'vite';
import { WebSocketServer } from 'ws';
import { MockGateway } from './gateway.ts';
import { models, offer } from './offer.ts';

/** Puts the mock gateway behind Vite's own server, for `npm run mock`. */
export function mockGateway(): Plugin {
  const attach = (http: Server | null, middlewares: Connect.Server) => {
    const gateway = new MockGateway();
    const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'toolruntime.v1' });
    http?.on('upgrade', (request, socket, head) => {
      if (request.url !== '/v1/ws') return;
      sockets.handleUpgrade(request, socket, head, (ws) => gateway.accept(ws));
    });
    const answer = (path: string, what: () => unknown) =>
      middlewares.use(path, (_, response) => {
        response.setHeader('content-type', 'application/json').end(JSON.stringify(what()));
      });
    answer('/v1/sessions', () => gateway.list());
    answer('/v1/tools', () => offer);
    answer('/v1/models', () => models);
    answer('/v1/jobs', () => gateway.jobs());
  };
  return {
    name: 'mock-gateway',
    configureServer: (server) => attach(server.httpServer as Server | null, server.middlewares),
    configurePreviewServer: (server) => attach(server.httpServer as Server, server.middlewares),
  };
}
