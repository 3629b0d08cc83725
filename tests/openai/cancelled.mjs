// A stream whose reply somebody cancels: what came, and the error that ends it.
import OpenAI from 'openai';

const openai = new OpenAI({ maxRetries: 0 });
const stream = await openai.chat.completions.create({ model: 'scripted', messages: [{ role: 'user', content: 'Count' }], stream: true, metadata: { session: 'node' } });
let text = '';
let code = null;
try {
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
} catch (error) {
  code = error.code;
}

console.log(JSON.stringify({ text, code }));
