/** A run of text of one kind; plain text has none. */
export interface Token {
  readonly kind?: 'comment' | 'string' | 'number' | 'word' | 'name';
  readonly text: string;
}

interface Language {
  readonly comment?: string;
  readonly string: string;
  /** Words that are the language's own. */
  readonly words?: string;
  /** What else is told apart: keys, tags, headings. */
  readonly name?: string;
}

const double = String.raw`"(?:\\[\s\S]|[^"\\\n])*"?`;
const single = String.raw`'(?:\\[\s\S]|[^'\\\n])*'?`;
const back = '`(?:\\\\[\\s\\S]|[^`\\\\])*`?';
const slashes = String.raw`\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$(?![\s\S]))`;
const hash = String.raw`#[^\n]*`;
const number = String.raw`\b(?:0[xX][\da-fA-F_]+|0[bB][01_]+|\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?)\b`;

const c: Language = {
  comment: slashes,
  string: `${double}|${single}`,
  words:
    'abstract as async await base bool boolean break byte case catch char class const continue default delegate delete do double else enum event explicit extends extern false final finally fixed float for foreach friend func fn go goto if impl implements implicit import in include inline int interface internal is let lock long match mod mut namespace new null nullptr nil object operator out override package params private protected public pub readonly record ref register return sbyte sealed select self short signed sizeof static string struct super switch template this throw throws trait true try type typedef typeof uint ulong union unsafe unsigned use using var virtual void volatile when where while with yield range map chan defer',
  name: String.raw`^[ \t]*#[a-z]+`,
};
const script: Language = {
  comment: slashes,
  string: `${double}|${single}|${back}`,
  words:
    'abstract any as async await boolean break case catch class const constructor continue debugger declare default delete do else enum export extends false finally for from function get if implements import in infer instanceof interface is keyof let namespace never new null number of private protected public readonly return satisfies set static string super switch symbol this throw true try type typeof undefined unknown var void while with yield',
};
const python: Language = {
  comment: hash,
  string: `"""[\\s\\S]*?(?:"""|$(?![\\s\\S]))|'''[\\s\\S]*?(?:'''|$(?![\\s\\S]))|${double}|${single}`,
  words:
    'False None True and as assert async await break case class continue def del elif else except finally for from global if import in is lambda match nonlocal not or pass raise return self try while with yield',
  name: String.raw`^[ \t]*@[\w.]+`,
};
const shell: Language = {
  comment: String.raw`(?<![\w$])#[^\n]*`,
  string: `"(?:\\\\[\\s\\S]|[^"\\\\])*"?|'[^']*'?`,
  words:
    'case do done elif else esac exit export fi for function if in local return set then until while echo cd source FROM RUN COPY ADD CMD ENTRYPOINT ENV WORKDIR ARG EXPOSE USER',
  name: String.raw`\$\{?[\w@#?*!-]+\}?`,
};
const settings: Language = {
  comment: String.raw`(?<![\w])[#;][^\n]*`,
  string: `${double}|${single}`,
  words: 'true false null yes no on off',
  name: String.raw`^[ \t]*(?:- +)?[\w."-]+(?=[ \t]*[:=])|^\[[^\]\n]*\]`,
};
const json: Language = { string: double, name: `${double}(?=\\s*:)`, words: 'true false null' };
const markup: Language = {
  comment: String.raw`<!--[\s\S]*?(?:-->|$(?![\s\S]))`,
  string: `(?<==)(?:"[^"]*"?|'[^']*'?)`,
  name: String.raw`<[!?\/]?[\w:-]+|\/?>`,
};
const css: Language = {
  comment: String.raw`\/\*[\s\S]*?(?:\*\/|$(?![\s\S]))`,
  string: `${double}|${single}`,
  name: String.raw`@[\w-]+|--[\w-]+|[\w-]+(?=\s*:\s)|[.#][A-Za-z][\w-]*`,
};
const sql: Language = {
  comment: String.raw`--[^\n]*|\/\*[\s\S]*?(?:\*\/|$(?![\s\S]))`,
  string: `'(?:''|[^'])*'?|${double}`,
  words:
    'select from where insert into values update set delete create table index view drop alter add primary key foreign references not null unique default and or in is like between join left right inner outer on group by order having limit offset as distinct union all case when then else end begin commit rollback with exists text integer real blob varchar int bigint boolean timestamp SELECT FROM WHERE INSERT INTO VALUES UPDATE SET DELETE CREATE TABLE INDEX VIEW DROP ALTER ADD PRIMARY KEY FOREIGN REFERENCES NOT NULL UNIQUE DEFAULT AND OR IN IS LIKE BETWEEN JOIN LEFT RIGHT INNER OUTER ON GROUP BY ORDER HAVING LIMIT OFFSET AS DISTINCT UNION ALL CASE WHEN THEN ELSE END BEGIN COMMIT ROLLBACK WITH EXISTS TEXT INTEGER REAL BLOB VARCHAR INT BIGINT BOOLEAN TIMESTAMP',
};
const markdown: Language = {
  string: '`[^`\\n]+`|^```[^\\n]*',
  name: String.raw`^#{1,6} [^\n]*|\]\([^)\n]*\)`,
  comment: String.raw`^>[^\n]*`,
};

const languages: readonly (readonly [string, Language])[] = [
  ['c cc cpp cs cxx go h hpp java kt m rs scala swift zig dart php proto', c],
  ['js jsx mjs cjs ts tsx mts cts vue svelte', script],
  ['py pyi pyw rb r jl', python],
  ['sh bash zsh fish dockerfile makefile mk', shell],
  ['yaml yml toml ini cfg conf env properties editorconfig gitignore', settings],
  ['json jsonc json5 ipynb map', json],
  ['html htm xml svg xhtml csproj props targets plist', markup],
  ['css scss less', css],
  ['sql', sql],
  ['md markdown', markdown],
];

const byExtension = new Map(languages.flatMap(([names, language]) => names.split(' ').map((name) => [name, language])));
const made = new WeakMap<Language, { readonly pattern: RegExp; readonly words: ReadonlySet<string> }>();
const never = '(?!)';

function compiled(language: Language) {
  let known = made.get(language);
  if (known === undefined) {
    const { comment = never, string, name = never, words = '' } = language;
    const parts = [comment, name, string, number].map((part) => `(${part})`);
    known = {
      pattern: new RegExp(`${parts.join('|')}|[\\p{L}_$][\\p{L}\\p{N}_$]*`, 'gmu'),
      words: new Set(words.split(' ')),
    };
    made.set(language, known);
  }
  return known;
}

const kinds = ['comment', 'name', 'string', 'number'] as const;

/** The lines of a text, each as what it is made of, by the end of its file's name. What is not known is plain. */
export function highlighted(text: string, extension: string): readonly (readonly Token[])[] {
  const language = byExtension.get(extension);
  if (language === undefined) return text.split('\n').map((line) => (line === '' ? [] : [{ text: line }]));
  const { pattern, words } = compiled(language);
  const lines: Token[][] = [[]];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    const [all, ...groups] = match;
    const at = groups.findIndex((group) => group !== undefined);
    const kind = at >= 0 ? kinds[at] : words.has(all) ? 'word' : undefined;
    if (kind === undefined || all === '') continue;
    add(lines, text.slice(end, match.index));
    add(lines, all, kind);
    end = match.index + all.length;
  }
  add(lines, text.slice(end));
  return lines;
}

function add(lines: Token[][], text: string, kind?: Token['kind']): void {
  text.split('\n').forEach((part, i) => {
    if (i > 0) lines.push([]);
    if (part !== '') lines.at(-1)?.push(kind === undefined ? { text: part } : { kind, text: part });
  });
}
