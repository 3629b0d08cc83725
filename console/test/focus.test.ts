import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepFocus } from '../src/ui/focusKeeper.ts';

let stop: () => void;
beforeEach(() => {
  document.body.innerHTML = `
    <main><article id="a"><header><button id="fold">fold</button><button id="cancel">cancel</button></header></article>
    <article id="b"><p>text</p><div id="actions"><button id="delete">delete</button></div></article>
    <form><textarea id="text"></textarea><button id="send">send</button></form></main>`;
  stop = keepFocus();
});
afterEach(() => stop());

const element = (id: string) => document.getElementById(id) as HTMLButtonElement;
const focused = () => document.activeElement?.id;

/** Lets the observer see what was changed. */
const seen = () => new Promise((resolve) => setTimeout(resolve));

describe('the focus', () => {
  it('goes to what is beside a button that went away', async () => {
    element('cancel').focus();
    element('cancel').remove();
    await seen();
    expect(focused()).toBe('fold');
  });

  it('goes to the nearest thing around where nothing beside can take it', async () => {
    element('delete').focus();
    element('actions').remove();
    await seen();
    expect(focused()).toBe('b');
  });

  it('goes on from what was switched off', async () => {
    element('send').focus();
    element('send').disabled = true;
    await seen();
    expect(focused()).toBe('text');
  });

  it('is left alone where the reader has taken it elsewhere', async () => {
    element('cancel').focus();
    element('text').focus();
    element('cancel').remove();
    await seen();
    expect(focused()).toBe('text');
    element('text').blur();
    element('b').remove();
    await seen();
    expect(document.activeElement).toBe(document.body);
  });
});
