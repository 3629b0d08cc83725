import { directive } from '../sessions/useTools.ts';
import { icons } from '../ui/icons.tsx';

interface Example {
  readonly title: string;
  readonly text: string;
}

/** For the model that takes lines as calls. */
const calls: readonly Example[] = [
  {
    title: 'Four tools at once',
    text: [
      '/shell for i in $(seq 1 20); do echo line $i; sleep 0.2; done',
      '/shell dotnet --info',
      '/file_write notes/hello.md # hello',
      '/computer',
    ].join('\n'),
  },
  { title: 'One command', text: '/shell ls -la' },
  { title: 'A file, written and listed', text: '/file_write a.txt one two\n/file_list {"path": "."}' },
];

/** For models that are spoken to. */
const questions: readonly Example[] = [
  { title: 'Look around', text: 'What is in this folder, and what does it take up? Look at several things at once.' },
  { title: 'Write and run', text: 'Write a script that prints the first 20 primes, run it, and show me the result.' },
  { title: 'The machine', text: 'What kind of machine is this: processors, memory, disk, system?' },
];

interface WelcomeProps {
  /** Who answers what is typed here; `undefined` while that is not known. */
  readonly model: string | undefined;
  readonly suggest: (text: string) => void;
}

/** What an empty session shows: what fits the model that answers, to click. */
export function Welcome({ model, suggest }: WelcomeProps) {
  const plain = model === undefined || model === directive;
  return (
    <section className="welcome" data-testid="welcome" data-model={model}>
      <h2>Run tools in parallel, and watch them</h2>
      {plain ? (
        <p>
          No model is set up, so each line such as <code>/shell ls</code> is a call; the lines of a message run at once.
          Each has its own status and live output; when all have ended the conversation goes on.
        </p>
      ) : (
        <p>
          <b>{model}</b> answers here, and calls tools when it needs them. They run at once, each with its own status
          and live output; you can stop, pause and approve them.
        </p>
      )}
      <ul>
        {(plain ? calls : questions).map((example) => (
          <li key={example.title}>
            <button type="button" data-testid="example" onClick={() => suggest(example.text)}>
              <span className="example-title">
                {icons.plus}
                {example.title}
              </span>
              <span className={plain ? 'example-text mono' : 'example-text'}>{example.text}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
