import { Button } from './Button.tsx';
import { Dialog } from './Dialog.tsx';
import { useCommand } from './useCommand.ts';

interface ConfirmProps {
  readonly title: string;
  readonly text: string;
  /** What the button that does it says. */
  readonly action: string;
  readonly send: () => Promise<unknown>;
  /** Called once it was done. */
  readonly done?: () => void;
  readonly closed: () => void;
}

/** Asks before something that can't be undone. */
export function Confirm({ title, text, action, send, done, closed }: ConfirmProps) {
  const { busy, error, run } = useCommand();
  return (
    <Dialog title={title} className="dialog-small" testId="confirm" closed={closed}>
      {(close) => (
        <div className="dialog-body">
          <p>{text}</p>
          <Refusal text={error} />
          <div className="dialog-foot">
            <Button label="Cancel" testId="confirm-cancel" onClick={close} />
            <Button
              label={action}
              kind="danger"
              testId="confirm-do"
              disabled={busy}
              onClick={() =>
                run(send, () => {
                  close();
                  done?.();
                })
              }
            />
          </div>
        </div>
      )}
    </Dialog>
  );
}

/** Why a form's command was refused. */
export function Refusal({ text }: { readonly text: string | undefined }) {
  return (
    <div role="alert">
      {text === undefined ? null : (
        <p className="refused" data-testid="refusal">
          {text}
        </p>
      )}
    </div>
  );
}
