// A server made with the SDK, whose tools' schemas have keywords that few servers use. Each call answers with its arguments.
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';

const name = { type: 'string' };
const schemas = {
  dependentRequired: { type: 'object', properties: { card: name, billing: name }, dependentRequired: { card: ['billing'] } },
  dependentSchemas: { type: 'object', properties: { card: name }, dependentSchemas: { card: { required: ['billing'] } } },
  contains: { type: 'object', properties: { to: { type: 'array', contains: { const: 'me' }, minContains: 1, maxContains: 1 } } },
  propertyNames: { type: 'object', properties: { labels: { type: 'object', propertyNames: { pattern: '^[a-z]+$' } } } },
  unevaluated: { type: 'object', allOf: [{ properties: { a: name } }], properties: { b: name }, unevaluatedProperties: false },
  prefixItems: { type: 'object', properties: { at: { type: 'array', prefixItems: [{ type: 'number' }, { type: 'number' }], items: false } } },
  conditional: { type: 'object', properties: { kind: name, url: name }, if: { properties: { kind: { const: 'web' } }, required: ['kind'] }, then: { required: ['url'] } },
  draft7: { $schema: 'http://json-schema.org/draft-07/schema#', type: 'object', properties: { card: name }, dependencies: { card: ['billing'] } },
};

const server = new Server({ name: 'schemas', version: '1.0.0' }, { capabilities: { tools: {} } });
server.setRequestHandler(ListToolsRequestSchema, () => ({
  tools: Object.entries(schemas).map(([tool, inputSchema]) => ({ name: tool, description: `Has ${tool}.`, inputSchema })),
}));
server.setRequestHandler(CallToolRequestSchema, ({ params }) => ({ content: [{ type: 'text', text: JSON.stringify(params.arguments ?? {}) }] }));
await server.connect(new StdioServerTransport());
