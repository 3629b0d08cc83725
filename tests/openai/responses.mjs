// Responses as any program uses them; the helper `stream()` checks items, their order and their ends by itself.
import OpenAI from 'openai';

const openai = new OpenAI({ maxRetries: 0 });

const stream = openai.responses.stream({ model: 'directive', input: '/shell echo one; echo two >&2; exit 3\n/code print(42)\n/computer' });
const events = [];
stream.on('event', (event) => events.push(event));
const whole = await stream.finalResponse();

// Cut in the middle, then gone on with.
const seen = [];
const cut = await openai.responses.create({ model: 'directive', input: '/shell echo one', stream: true, previous_response_id: whole.id });
for await (const event of cut) {
  seen.push(event);
  if (seen.length === 3) break;
}

const rest = [];
for await (const event of await openai.responses.retrieve(seen[0].response.id, { stream: true, starting_after: 2 })) rest.push(event);

// In the background, then polled.
let polled = await openai.responses.create({ model: 'directive', input: '/shell echo later', background: true });
const first = polled.status;
while (polled.status === 'queued' || polled.status === 'in_progress') polled = await openai.responses.retrieve(polled.id);

const cancelled = await openai.responses.cancel(polled.id);
const unknown = await openai.responses.retrieve('resp_none').catch((error) => error);

console.log(
  JSON.stringify({
    status: whole.status,
    items: whole.output.map((item) => item.type).sort(),
    text: whole.output_text,
    live: events.filter((event) => event.type === 'response.shell_call_output_content.delta').map((event) => event.delta),
    numbers: events.map((event) => event.sequence_number),
    resumed: [...seen, ...rest].map((event) => event.sequence_number),
    last: rest.at(-1)?.type,
    sameSession: seen[0].response.conversation.id === whole.conversation.id,
    first,
    polled: polled.output_text,
    cancelled: cancelled.status,
    unknown: unknown.status,
  }),
);
