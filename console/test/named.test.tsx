import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { CommandError, type NamedProcess, type Session } from '@toolruntime/client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { AddProcess } from '../src/named/AddProcess.tsx';
import { definitionOf, emptyForm } from '../src/named/definition.ts';
import { isAtRest, processNote, processStatus } from '../src/named/status.ts';

afterEach(cleanup);

function process(more: Partial<NamedProcess> = {}): NamedProcess {
  return { name: 'web', process: { command: 'x' }, state: 'running', desired: 'running', restarts: 0, ...more };
}

describe('what is typed', () => {
  it('becomes a definition without what was left as it was', () => {
    expect(definitionOf({ ...emptyForm, command: ' npm run dev ', restart: 'never' })).toEqual({
      command: 'npm run dev',
    });
  });

  it('has all that was said', () => {
    const form = {
      ...emptyForm,
      command: './serve',
      workingDirectory: 'web',
      environment: 'PORT=3000\nnothing\nA=b=c',
      ready: 'port' as const,
      port: '3000',
      path: '/health',
      dependsOn: 'db:ready, cache  odd:name',
      terminal: true,
    };
    expect(definitionOf(form)).toEqual({
      command: './serve',
      workingDirectory: 'web',
      environment: { PORT: '3000', A: 'b=c' },
      terminal: { cols: 120, rows: 30 },
      restart: { policy: 'on_failure' },
      dependsOn: [{ name: 'db', condition: 'ready' }, { name: 'cache' }, { name: 'odd:name' }],
      ready: { port: 3000, path: '/health' },
    });
  });
});

describe('a process', () => {
  it('is good when it is ready, and without a check when it runs', () => {
    expect(processStatus(process()).tone).toBe('good');
    expect(processStatus(process({ process: { command: 'x', ready: { pattern: 'up' } } })).tone).toBe('busy');
    expect(processStatus(process({ state: 'ready' })).label).toBe('Ready');
    expect(processStatus(process({ state: 'hatching' as never })).label).toBe('hatching');
  });

  it('says whom it waits for, and how it ended', () => {
    const error = { code: 'restarts_exhausted', message: 'It has ended again.', retryable: false };
    expect(processNote(process({ state: 'waiting', waitsFor: ['db', 'cache'] }))).toBe('for db, cache');
    expect(processNote(process({ state: 'failed', error, exitCode: 1 }))).toBe('It has ended again.');
    expect(processNote(process({ state: 'backoff', exitCode: 3 }))).toBe('exit 3');
    expect(processNote(process({ exitCode: 137 }))).toBe('last exit 137');
    expect(processNote(process())).toBe('');
    expect([isAtRest(process({ state: 'failed' })), isAtRest(process({ state: 'backoff' }))]).toEqual([true, false]);
  });
});

describe('the form', () => {
  it('adds and starts, or says why not and stays', async () => {
    const refused = new CommandError({ code: 'invalid_command', message: 'No such expression.', retryable: false });
    const put = vi.fn().mockRejectedValueOnce(refused).mockResolvedValueOnce({ seq: 1 });
    const added = vi.fn();
    render(<AddProcess session={{ putProcess: put } as unknown as Session} added={added} closed={() => {}} />);
    const type = (id: string, value: string) => fireEvent.change(screen.getByTestId(id), { target: { value } });
    type('process-name', 'web ');
    type('process-command', './serve');
    type('process-ready', 'pattern');
    type('process-pattern', '(');
    fireEvent.click(screen.getByTestId('process-add-do'));
    await waitFor(() => expect(screen.getByTestId('refusal').textContent).toBe('No such expression.'));
    expect(added).not.toHaveBeenCalled();

    type('process-pattern', 'listening');
    fireEvent.click(screen.getByTestId('process-add-do'));
    await waitFor(() => expect(added).toHaveBeenCalledWith('web'));
    const definition = { command: './serve', restart: { policy: 'on_failure' }, ready: { pattern: 'listening' } };
    expect(put).toHaveBeenLastCalledWith('web', definition, true);
  });
});
