import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request to the model: what was asked, and what the test lets it answer. */
export class ModelCall {
  readonly model: string;
  readonly #response: ServerResponse;

  constructor(model: string, response: ServerResponse) {
    this.model = model;
    this.#response = response;
  }

  /** Sends a piece of the answer. */
  says(content: string): void {
    this.#begin();
    this.#chunk({ content });
  }

  /** Asks for one tool, and ends. */
  calls(name: string, args: object): void {
    this.#begin();
    const call = { index: 0, id: 'call_1', type: 'function', function: { name, arguments: JSON.stringify(args) } };
    this.#chunk({ tool_calls: [call] });
    this.ends('tool_calls');
  }

  ends(reason = 'stop'): void {
    this.#begin();
    this.#chunk({}, reason);
    this.#response.end('data: [DONE]\n\n');
  }

  /** Answers with an error, for good (400) or for now (503). */
  fails(status: 400 | 503, message: string): void {
    this.#response.writeHead(status, { 'content-type': 'application/json' });
    this.#response.end(JSON.stringify({ error: { message, type: 'error' } }));
  }

  #begin(): void {
    if (!this.#response.headersSent) this.#response.writeHead(200, { 'content-type': 'text/event-stream' });
  }

  #chunk(delta: object, finish: string | null = null): void {
    const chunk = { object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }] };
    this.#response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  }
}

/** An OpenAI-compatible server whose answers the test gives, piece by piece. */
export class ModelServer {
  readonly #server: Server = createServer((request, response) => void this.#take(request, response));
  readonly #calls: ModelCall[] = [];
  readonly #waiting: ((call: ModelCall) => void)[] = [];

  /** While set, nothing is asked of the test: every request fails with this, and may be tried again. */
  overloaded: string | undefined;

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  /** The next request. */
  asked(): Promise<ModelCall> {
    const call = this.#calls.shift();
    return call === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(call);
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // It has no list of its models.
    if (request.method === 'GET') {
      response.writeHead(404).end();
      return;
    }
    let body = '';
    for await (const part of request) body += part;
    const call = new ModelCall((JSON.parse(body) as { model: string }).model, response);
    if (this.overloaded !== undefined) return call.fails(503, this.overloaded);
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#calls.push(call);
    else waiting(call);
  }
}
