import { type Connection, closeCodes } from '@toolruntime/client';
import { useConnection } from '@toolruntime/client/react';
import { type FormEvent, useState } from 'react';
import { signIn } from './signIn.ts';
import './signIn.css';

interface SignInProps {
  readonly connection: Connection;
  /** Called when the server has let the page in. */
  readonly signedIn: () => void;
}

/** Asks for a key when the server wants one; nothing otherwise. */
export function SignIn({ connection, signedIn }: SignInProps) {
  const state = useConnection(connection);
  const [key, setKey] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  if (state.status !== 'closed') return null;
  if (state.code !== closeCodes.unauthenticated && state.code !== closeCodes.tokenExpired) return null;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const refused = await signIn(key.trim());
    setBusy(false);
    setProblem(refused);
    if (refused !== undefined) return;
    setKey('');
    connection.connect();
    signedIn();
  };
  return (
    <div className="sign-in" role="dialog" aria-modal="true" aria-labelledby="sign-in-title" data-testid="sign-in">
      <form className="sign-in-form" onSubmit={(event) => void submit(event)}>
        <h2 id="sign-in-title">Sign in</h2>
        <label className="label" htmlFor="sign-in-key">
          {state.code === closeCodes.tokenExpired ? 'Your sign-in has ended. Your key' : 'Your key'}
        </label>
        <input
          id="sign-in-key"
          className="field"
          data-testid="sign-in-key"
          type="password"
          autoComplete="current-password"
          spellCheck={false}
          // biome-ignore lint/a11y/noAutofocus: there is nothing else to do on this page
          autoFocus
          value={key}
          onChange={(event) => setKey(event.target.value)}
        />
        {problem === undefined ? null : (
          <p className="sign-in-problem" role="alert" data-testid="sign-in-problem">
            {problem}
          </p>
        )}
        <button
          type="submit"
          className="button button-primary"
          data-testid="sign-in-submit"
          disabled={busy || key.trim() === ''}
        >
          Sign in
        </button>
      </form>
    </div>
  );
}
