import { SafeLink } from './links.tsx';
import { dateText, type Hit } from './search.ts';

/** The pages that a search has found. */
export function SearchHits({ hits }: { readonly hits: readonly Hit[] }) {
  return (
    <ol className="hits" data-testid="search-results">
      {hits.map(({ rank, title, url, snippet, published, text, textError }) => (
        <li key={rank} data-testid="search-result">
          <span className="hit-title">
            <SafeLink href={url.href}>{title}</SafeLink>
          </span>
          <span className="hit-where">
            {url.host.replace(/^www\./, '')}
            {published === undefined ? null : <span>{dateText(published)}</span>}
          </span>
          {snippet === '' ? null : <p>{snippet}</p>}
          {text === undefined ? null : (
            <details className="card-details">
              <summary>Text of the page</summary>
              <pre>{text}</pre>
            </details>
          )}
          {textError === undefined ? null : <p className="hint">{`Its text could not be read: ${textError}`}</p>}
        </li>
      ))}
    </ol>
  );
}
