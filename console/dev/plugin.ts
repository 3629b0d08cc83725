import type { Server } from 'node:http';
import type { Connect, Plugin } from 'vite';
import { WebSocketServer } from 'ws';
import { MockGateway } from './gateway.ts';

/** Puts the mock gateway behind Vite's own server, for `npm run mock`. */
export function mockGateway(): Plugin {
  const attach = (http: Server | null, middlewares: Connect.Server) => {
    const gateway = new MockGateway();
    const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'toolruntime.v1' });
    http?.on('upgrade', (request, socket, head) => {
      if (request.url !== '/v1/ws') return;
      sockets.handleUpgrade(request, socket, head, (ws) => gateway.accept(ws));
    });
    middlewares.use('/v1/jobs', (_, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(gateway.jobs()));
    });
    middlewares.use('/v1/sessions', (_, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(gateway.list()));
    });
  };
  return {
    name: 'mock-gateway',
    configureServer: (server) => attach(server.httpServer as Server | null, server.middlewares),
    configurePreviewServer: (server) => attach(server.httpServer as Server, server.middlewares),
  };
}
