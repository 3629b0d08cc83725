import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App.tsx';
import { connection } from './app/connection.ts';
import { Fault } from './app/Fault.tsx';
import { watchFaults } from './app/faults.ts';
import './styles/index.css';

watchFaults();
connection.connect();
const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <Fault>
      <App />
    </Fault>
  </StrictMode>,
);
