// Chat Completions as any program uses them: base address and key come from the environment.
import OpenAI from 'openai';

const openai = new OpenAI({ maxRetries: 0 });
const ask = (text, more = {}) => ({ model: 'scripted', messages: [{ role: 'user', content: text }], ...more });

const completion = await openai.chat.completions.create(ask('Hi'));

let streamed = '';
let finishReason = null;
const { data: stream, response } = await openai.chat.completions
  .create(ask('/shell echo hi', { model: 'directive', stream: true, metadata: { session: 'node' } }))
  .withResponse();
for await (const chunk of stream) {
  streamed += chunk.choices[0]?.delta.content ?? '';
  finishReason = chunk.choices[0]?.finish_reason ?? finishReason;
}

const models = [];
for await (const model of openai.models.list()) models.push(model.id);

const errors = [];
for (const refused of [
  () => new OpenAI({ maxRetries: 0, apiKey: 'wrong' }).chat.completions.create(ask('Hi')),
  () => openai.chat.completions.create(ask('Hi', { model: 'none' })),
  () => openai.chat.completions.create(ask('Hi', { n: 2 })),
  () => openai.chat.completions.create(ask('x'.repeat(300_000))),
]) {
  await refused().then(() => errors.push(null), (error) => errors.push(error));
}

console.log(
  JSON.stringify({
    text: completion.choices[0].message.content,
    streamed,
    finishReason,
    session: response.headers.get('x-toolruntime-session'),
    models,
    statuses: errors.map((error) => error?.status ?? 0),
    wrongKey: { name: errors[0]?.constructor.name, code: errors[0]?.code, type: errors[0]?.type },
  }),
);
