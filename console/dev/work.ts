import type { JsonObject } from '../../client/src/index.ts';
import { type MockSession, newMockId } from './session.ts';
import { script } from './tools.ts';

export interface MockCall {
  readonly tool: string;
  readonly arguments: JsonObject;
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Answers a message as the `directive` model does: lines `/tool {..}` are a batch, then comes a summary. */
export async function reply(session: MockSession, messageId: string, text: string): Promise<void> {
  const set = (from: string, to: string) =>
    session.emit({ type: 'conversation.state', messageId, from, to } as Parameters<MockSession['emit']>[0]);
  const say = async (round: number, words: string) => {
    session.emit({ type: 'message.started', messageId, model: 'directive', round, attempt: 1 });
    let offset = 0;
    for (const part of words.match(/\S+\s*/g) ?? []) {
      session.emit({ type: 'message.delta', messageId, round, attempt: 1, offset, text: part });
      offset += new TextEncoder().encode(part).length;
      await sleep(30);
    }
  };
  const cancelled = () => session.view.messages.find((m) => m.id === messageId)?.state === 'cancelled';
  set('queued', 'active');
  const calls = [...text.matchAll(/^\/(\w+) (\{.*\})$/gm)].map(([, tool, json]) => ({
    tool: tool ?? '',
    arguments: JSON.parse(json ?? '{}') as JsonObject,
  }));
  let round = 1;
  let all = '';
  if (calls.length > 0) {
    session.emit({ type: 'message.started', messageId, model: 'directive', round: 1, attempt: 1 });
    set('active', 'paused_for_tools');
    const { ended } = startBatch(session, calls, messageId);
    const summary = await ended;
    if (cancelled()) return;
    set('paused_for_tools', 'resuming');
    set('resuming', 'active');
    round = 2;
    all = `Ran **${calls.length} tools**: ${summary}.\n\n| tool | what |\n|---|---|\n${calls.map((c) => `| \`${c.tool}\` | ok |`).join('\n')}\n`;
  } else
    all =
      'Write `/tool {json}` on a line of its own.\n\n```sh\n/shell {"command": "ls"}\n```\n\n- one call a line\n- all run in parallel\n';
  await say(round, all);
  if (cancelled()) return;
  session.emit({
    type: 'message.completed',
    messageId,
    text: all,
    finishReason: 'stop',
    usage: { inputTokens: 12, outputTokens: 34 },
  });
  set('active', 'completed');
}

/** Runs simulated calls in parallel. */
export function startBatch(session: MockSession, calls: readonly MockCall[], messageId?: string) {
  const batchId = newMockId('b');
  const ofMessage = messageId === undefined ? {} : { messageId };
  const executionIds = calls.map(() => newMockId('x'));
  const began = Date.now();
  session.emit({
    type: 'batch.started',
    ...ofMessage,
    batchId,
    total: calls.length,
    maxParallel: 16,
    deadline: new Date(began + 300_000).toISOString(),
    tools: calls.map((call, index) => ({
      executionId: executionIds[index] ?? '',
      callId: `c${index}`,
      index,
      name: call.tool,
      arguments: call.arguments,
    })),
  });
  const progress = () => {
    const batch = session.view.batches[batchId];
    if (batch === undefined) return;
    const { completed, failed, executing, pending, total } = batch;
    const percent = ((completed + failed + executing * 0.5) / total) * 100;
    const elapsedMs = Date.now() - began;
    const etaMs = percent > 0 ? Math.round((elapsedMs / percent) * (100 - percent)) : undefined;
    session.emit({
      type: 'batch.progress',
      ...ofMessage,
      batchId,
      completed,
      failed,
      executing,
      pending,
      total,
      percent,
      elapsedMs,
      ...(etaMs === undefined ? {} : { etaMs }),
    });
  };
  const work = calls.map(async (call, index) => {
    await execute(session, { ...ofMessage, batchId, executionId: executionIds[index] ?? '' }, call);
    progress();
  });
  const ended = Promise.all(work).then(() => {
    const { completed = 0, failed = 0, total = 0, state } = session.view.batches[batchId] ?? {};
    const type = state === 'cancelled' ? undefined : completed > 0 ? 'batch.completed' : 'batch.failed';
    const figures = { successful: completed, failed, timedOut: 0, cancelled: 0, total, elapsedMs: Date.now() - began };
    if (type !== undefined) session.emit({ type, ...ofMessage, batchId, ...figures });
    return `${completed} done, ${failed} failed`;
  });
  return { batchId, executionIds, ended };
}

async function execute(
  session: MockSession,
  ids: { batchId: string; executionId: string },
  call: MockCall,
): Promise<void> {
  let over = false;
  let attempt = 1;
  let began = Date.now();
  const offsets = { stdout: 0, stderr: 0 };
  const fail = (type: 'tool.failed' | 'tool.cancelled', code: string, message: string) => {
    over = true;
    session.emit({
      type,
      ...ids,
      attempt,
      error: { code, message, retryable: false },
      elapsedMs: Date.now() - began,
      metrics: {},
    });
  };
  session.running.set(ids.executionId, () => fail('tool.cancelled', 'cancelled', 'Cancelled by you.'));
  const start = () => session.emit({ type: 'tool.started', ...ids, attempt, name: call.tool, parallel: 1 });
  let started = false;
  for (const step of script(call.tool, call.arguments)) {
    while (session.paused.has(ids.batchId) && !over) await sleep(100);
    if (over) break;
    if ('approval' in step) {
      session.emit({
        type: 'tool.approval_required',
        ...ids,
        name: call.tool,
        arguments: call.arguments,
        reason: 'removes files',
      });
      const approved = await new Promise<boolean>((resolve) => session.approvals.set(ids.executionId, resolve));
      if (!approved) fail('tool.failed', 'denied', 'Denied by you.');
      else session.emit({ type: 'tool.approved', ...ids, by: 'dev' });
      continue;
    }
    if (!started) start();
    started = true;
    if ('wait' in step) await sleep(step.wait);
    else if ('out' in step) {
      const stream = step.stream ?? 'stdout';
      session.emit({ type: 'tool.output', ...ids, attempt, stream, offset: offsets[stream], text: step.out });
      offsets[stream] += new TextEncoder().encode(step.out).length;
    } else if ('stage' in step) session.emit({ type: 'tool.progress', ...ids, attempt, ...step });
    else if ('retry' in step) {
      session.emit({
        type: 'tool.retry',
        ...ids,
        attempt,
        delayMs: 1_500,
        error: { code: 'temporary', message: step.retry, retryable: true },
      });
      await sleep(1_500);
      if (over) break;
      attempt++;
      offsets.stdout = 0;
      began = Date.now();
      start();
    } else if ('fail' in step) fail('tool.failed', step.fail, step.message);
    else session.emit({ type: 'tool.completed', ...ids, attempt, ...step, elapsedMs: Date.now() - began, metrics: {} });
    if ('result' in step) over = true;
  }
  session.running.delete(ids.executionId);
}
