import type { PlannedCall } from './calls.ts';
import { problemsOf } from './calls.ts';
import type { Draft } from './draft.ts';
import { FieldView } from './Fields.tsx';
import { Members } from './Members.tsx';

interface CallFormProps {
  readonly call: PlannedCall;
  /** Whether what is wrong is shown: not before somebody has tried. */
  readonly shown: boolean;
  readonly onChange: (draft: Draft) => void;
}

const none: ReadonlyMap<string, string> = new Map();

/** The arguments of one call. */
export function CallForm({ call, shown, onChange }: CallFormProps) {
  const { tool, form, draft } = call;
  const problems = shown ? problemsOf(call) : none;
  const general = problems.get('');
  const all = { draft, path: '', problems, onChange };
  return (
    <section
      className="call-form"
      data-testid="tool-form"
      data-tool={tool.name}
      aria-label={`Arguments of ${tool.name}`}
    >
      <header>
        <h3>{tool.name}</h3>
        {tool.needsApproval ? <span className="badge">asks before it runs</span> : null}
        <p className="hint">{tool.description}</p>
        <div role="alert">
          {general === undefined || form.kind !== 'members' ? null : (
            <p className="form-problem" data-testid="tool-form-problem" data-path="">
              {general}
            </p>
          )}
        </div>
      </header>
      {form.kind === 'members' ? (
        <Members {...all} field={form} />
      ) : (
        <FieldView {...all} field={form} inRow={`Arguments of ${tool.name}`} />
      )}
      {form.kind === 'members' && form.members.length === 0 ? <p className="hint">It takes no arguments.</p> : null}
    </section>
  );
}
