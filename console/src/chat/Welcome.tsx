import { Button } from '../ui/Button.tsx';

const examples: readonly { readonly title: string; readonly text: string }[] = [
  {
    title: 'Four tools at once',
    text: [
      '/shell {"command": "for i in $(seq 1 20); do echo line $i; sleep 0.2; done"}',
      '/shell {"command": "dotnet --info"}',
      '/file_write {"path": "notes/hello.md", "content": "# hello"}',
      '/computer {}',
    ].join('\n'),
  },
  { title: 'One command', text: '/shell {"command": "ls -la"}' },
  {
    title: 'A file, written and listed',
    text: '/file_write {"path": "a.txt", "content": "one\\ntwo"}\n/file_list {"path": "."}',
  },
];

/** What an empty session shows. */
export function Welcome({ suggest }: { readonly suggest: (text: string) => void }) {
  return (
    <section className="welcome" data-testid="welcome">
      <h2>Run tools in parallel, and watch them</h2>
      <p>
        Without a model key, lines such as <code>/shell {'{"command": "ls"}'}</code> are the calls of one batch. Each
        has its own status and live output; when all have ended the conversation goes on.
      </p>
      <ul>
        {examples.map((example) => (
          <li key={example.title}>
            <pre>{example.text}</pre>
            <Button label={example.title} icon="plus" onClick={() => suggest(example.text)} testId="example" />
          </li>
        ))}
      </ul>
    </section>
  );
}
