import { lazy, StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App.tsx';
import { connection } from './app/connection.ts';
import { Fault } from './app/Fault.tsx';
import { watchFaults } from './app/faults.ts';
import { sharedToken } from './app/route.ts';
import './styles/index.css';

/** Most visits are by people with a key. */
const SharedReplay = lazy(() =>
  import('./replay/SharedReplay.tsx').then(({ SharedReplay }) => ({ default: SharedReplay })),
);

const token = sharedToken();
// Who comes by a link has no key: what would need one is not asked for.
if (token === undefined) {
  watchFaults();
  connection.connect();
}
const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <Fault>
      {token === undefined ? (
        <App />
      ) : (
        <Suspense fallback={<p className="hint">…</p>}>
          <SharedReplay token={token} />
        </Suspense>
      )}
    </Fault>
  </StrictMode>,
);
