import { useEffect, useRef } from 'react';
import { Button } from '../ui/Button.tsx';
import { notify } from '../ui/report.ts';
import { signOut, useSignedIn } from './signIn.ts';

/** Signs out; there while somebody is signed in. Every tab of the browser begins anew then. */
export function SignOutButton() {
  const signedIn = useSignedIn();
  const before = useRef(signedIn);
  useEffect(() => {
    if (before.current && !signedIn) location.assign('/');
    before.current = signedIn;
  }, [signedIn]);
  if (!signedIn) return null;
  const leave = () =>
    void signOut().then((problem) => {
      if (problem !== undefined) notify(problem);
    });
  return <Button label="Sign out" icon="leave" iconOnly kind="quiet" testId="sign-out" onClick={leave} />;
}
