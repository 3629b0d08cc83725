/** What the mock gateway says of its tools and models. */
export const offer = {
  tools: [
    {
      name: 'shell',
      description: 'Pretends to run a command line.',
      needsApproval: false,
      parameters: {
        type: 'object',
        properties: {
          command: { type: 'string', minLength: 1, description: 'The command line.' },
          timeoutMs: { type: 'integer', minimum: 1, maximum: 60_000, description: 'Longest run in milliseconds.' },
          idempotent: { type: 'boolean', description: 'Whether it may run twice.' },
          environment: { type: 'object', additionalProperties: { type: 'string' }, description: 'Variables.' },
        },
        required: ['command'],
        additionalProperties: false,
      },
    },
    {
      name: 'file_write',
      description: 'Pretends to write a text file.',
      needsApproval: false,
      parameters: {
        type: 'object',
        properties: { path: { type: 'string', minLength: 1 }, content: { type: 'string' } },
        required: ['path', 'content'],
        additionalProperties: false,
      },
    },
  ],
  defaultModel: 'directive',
};

export const models = { models: [{ name: 'directive', provider: 'directive', title: 'directive', default: true }] };
