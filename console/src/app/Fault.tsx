import { Component, type ReactNode } from 'react';
import { Button } from '../ui/Button.tsx';
import { tellFault } from './faults.ts';

/** Shown in place of the page when drawing it has failed. */
export class Fault extends Component<{ readonly children: ReactNode }, { readonly error?: Error }> {
  override state: { readonly error?: Error } = {};

  static getDerivedStateFromError(error: Error): { error: Error } {
    return { error };
  }

  override componentDidCatch(error: Error): void {
    tellFault(error);
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <main className="empty" role="alert" data-testid="fault">
        <h1>The page has failed</h1>
        <p>Nothing is lost: all that ran goes on on the server, and is here again after loading the page anew.</p>
        <p className="hint">{error.message}</p>
        <Button label="Load it anew" icon="retry" onClick={() => location.reload()} />
      </main>
    );
  }
}
