import { lexer, type Token, type Tokens } from 'marked';
import { Fragment, memo, type ReactNode, useMemo } from 'react';
import { Button } from '../../ui/Button.tsx';
import { report } from '../../ui/report.ts';

interface BlocksProps {
  readonly text: string;
  /** Link targets that stand elsewhere. */
  readonly definitions: string;
}

/** A run of Markdown as React elements; no HTML is ever taken over. Only blocks that have changed are drawn anew. */
export const Blocks = memo(function Blocks({ text, definitions }: BlocksProps) {
  const tokens = useMemo(() => {
    const more = definitions !== '' && text.includes('[') ? `\n\n${definitions}` : '';
    return lexer(text + more, { gfm: true, breaks: true });
  }, [text, definitions]);
  return tokens.map((token, i) => <Block key={i} raw={token.raw} definitions={definitions} token={token} />);
});

const Block = memo(
  function Block({ token }: { readonly raw: string; readonly definitions: string; readonly token: Token }) {
    return blockElement(token);
  },
  (before, after) => before.raw === after.raw && before.definitions === after.definitions,
);

function blockElement(token: Token): ReactNode {
  switch (token.type) {
    case 'space':
    case 'def':
      return null;
    case 'heading': {
      const { depth, tokens } = token as Tokens.Heading;
      const Tag = `h${Math.min(6, depth + 2)}` as 'h3';
      return <Tag>{inline(tokens)}</Tag>;
    }
    case 'paragraph':
      return <p>{inline((token as Tokens.Paragraph).tokens)}</p>;
    case 'code':
      return <Code text={(token as Tokens.Code).text} lang={(token as Tokens.Code).lang} />;
    case 'blockquote':
      return <blockquote>{blocks((token as Tokens.Blockquote).tokens)}</blockquote>;
    case 'list':
      return <List list={token as Tokens.List} />;
    case 'table':
      return <Table table={token as Tokens.Table} />;
    case 'hr':
      return <hr />;
    case 'text': {
      const { tokens, text } = token as Tokens.Text;
      return tokens === undefined ? text : inline(tokens);
    }
    default:
      return token.raw;
  }
}

function blocks(tokens: readonly Token[]): ReactNode {
  return tokens.map((token, i) => <Fragment key={i}>{blockElement(token)}</Fragment>);
}

function List({ list }: { readonly list: Tokens.List }) {
  const items = list.items.map((item, i) => (
    <li key={i}>
      {item.task ? <input type="checkbox" checked={item.checked ?? false} readOnly aria-label="task" /> : null}
      {blocks(item.tokens.filter((t) => t.type !== 'checkbox'))}
    </li>
  ));
  return list.ordered ? <ol start={Number(list.start) || 1}>{items}</ol> : <ul>{items}</ul>;
}

function Table({ table }: { readonly table: Tokens.Table }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: it groups no fields
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <div className="table-scroll" role="group" aria-label="Table" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {table.header.map((cell, i) => (
              <th key={i} style={{ textAlign: cell.align ?? 'left' }}>
                {inline(cell.tokens)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, i) => (
            <tr key={i}>
              {row.map((cell, j) => (
                <td key={j} style={{ textAlign: cell.align ?? 'left' }}>
                  {inline(cell.tokens)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface CodeProps {
  readonly text: string;
  readonly lang?: string | undefined;
  /** Whether it goes on with the part of the same code before it. */
  readonly continued?: boolean;
  /** All of the code, if this is a part of it. */
  readonly whole?: () => string;
}

export function Code({ text, lang, continued = false, whole = () => text }: CodeProps) {
  return (
    <div className="code" data-continued={continued}>
      {continued ? null : (
        <div className="code-head" data-bare={!lang}>
          {lang ? <span>{lang}</span> : null}
          <Button
            label="Copy code"
            icon="copy"
            iconOnly
            kind="quiet"
            onClick={() => report('Copying', navigator.clipboard.writeText(whole()))}
          />
        </div>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
      <pre tabIndex={0}>
        <code>{text}</code>
      </pre>
    </div>
  );
}

function inline(tokens: readonly Token[] | undefined): ReactNode {
  return tokens?.map((token, i) => <Fragment key={i}>{inlineElement(token)}</Fragment>);
}

function inlineElement(token: Token): ReactNode {
  switch (token.type) {
    case 'strong':
      return <strong>{inline((token as Tokens.Strong).tokens)}</strong>;
    case 'em':
      return <em>{inline((token as Tokens.Em).tokens)}</em>;
    case 'del':
      return <del>{inline((token as Tokens.Del).tokens)}</del>;
    case 'codespan':
      return <code>{unescaped((token as Tokens.Codespan).text)}</code>;
    case 'br':
      return <br />;
    case 'link': {
      const { href, tokens } = token as Tokens.Link;
      if (!safe(href)) return inline(tokens);
      return (
        <a href={href} target="_blank" rel="noopener noreferrer">
          {inline(tokens)}
        </a>
      );
    }
    case 'image': {
      const { href, text } = token as Tokens.Image;
      // Not loaded: a model's text must not make the page fetch from anywhere.
      return safe(href) ? (
        <a href={href} target="_blank" rel="noopener noreferrer">
          {text || href}
        </a>
      ) : (
        text
      );
    }
    case 'escape':
      return (token as Tokens.Escape).text;
    case 'text': {
      const { tokens, text } = token as Tokens.Text;
      return tokens === undefined ? unescaped(text) : inline(tokens);
    }
    default:
      return token.raw;
  }
}

function safe(href: string): boolean {
  return /^(https?:|mailto:|\/(?!\/)|#)/i.test(href);
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

function unescaped(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (whole, name: string) => entities[name] ?? whole);
}
