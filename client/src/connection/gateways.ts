/** Where a connection may go on: see {@link ConnectionOptions.gateways}. */
export type GatewayChoice = boolean | readonly string[];

/** So many others are tried at once, one after the other, before the waits begin. */
const triedAtOnce = 3;

/** The gateways that a connection may be at, and the one that it is at. */
export class Gateways {
  readonly #url: string;
  readonly #choice: GatewayChoice;
  readonly #random: () => number;
  /** Those that would not let the page in for want of a cookie. */
  readonly #struck = new Set<string>();
  /** Those that were tried since a connection last held. */
  readonly #tried = new Set<string>();
  #named: readonly string[];
  #ahead: string[] = [];
  #current: string;

  /** @param url the address that the user gave; it stays one of them. */
  constructor(url: string, choice: GatewayChoice, random: () => number) {
    this.#url = url;
    this.#choice = choice;
    this.#random = random;
    this.#current = url;
    this.#named = typeof choice === 'boolean' ? [] : choice;
  }

  /** Address of the socket that there is, or of the one to open next. */
  get current(): string {
    return this.#current;
  }

  /** Whether the current one is on another host than the user's own address: a browser keeps cookies for each host. */
  get elsewhere(): boolean {
    return hostOf(this.#current) !== hostOf(this.#url);
  }

  /** Takes what a gateway says of the others. */
  learn(named: readonly string[]): void {
    if (this.#choice === true) this.#named = named;
  }

  /** A gateway has let us in: what comes next begins from there. */
  reached(): void {
    this.#ahead = [];
  }

  /** The connection has held: the next loss finds others at once again. */
  held(): void {
    this.#tried.clear();
  }

  /** Never goes to the current one again, unless it is the user's own address. */
  strike(): void {
    this.#struck.add(this.#current);
  }

  /** Begins anew, as the user has asked for. */
  reset(): void {
    this.#struck.clear();
    this.#tried.clear();
    this.#ahead = [];
  }

  /** Moves on from an address that was lost or not reached; whether to try the new one at once. */
  next(): boolean {
    const all = this.#all();
    this.#tried.add(this.#current);
    this.#ahead = this.#ahead.filter((address) => all.includes(address));
    if (this.#ahead.length === 0) this.#ahead = this.#shuffled(all.filter((address) => address !== this.#current));
    this.#current = this.#ahead.shift() ?? this.#url;
    return !this.#tried.has(this.#current) && this.#tried.size <= triedAtOnce;
  }

  #all(): readonly string[] {
    const own = gatewayAddress(this.#url, this.#url);
    const named = this.#named.flatMap((name) => gatewayAddress(name, this.#url) ?? []);
    return [this.#url, ...new Set(named.filter((address) => address !== own && !this.#struck.has(address)))];
  }

  #shuffled(addresses: string[]): string[] {
    for (let last = addresses.length - 1; last > 0; last--) {
      const other = Math.floor(this.#random() * (last + 1));
      [addresses[last], addresses[other]] = [addresses[other] as string, addresses[last] as string];
    }
    return addresses;
  }
}

/**
 * The WebSocket address at a gateway that goes by a name such as `https://host:port`, as that of `url` is at its own; `undefined` for what is
 * none, holds credentials, or would be less safe: from `wss:`, or on a page of `https:`, only `wss:`.
 */
export function gatewayAddress(name: string, url: string): string | undefined {
  const [to, from] = [parse(name), parse(url)];
  if (to === undefined || from === undefined || to.username !== '' || to.password !== '') return undefined;
  const secure = to.protocol === 'https:' || to.protocol === 'wss:';
  if (!secure && to.protocol !== 'http:' && to.protocol !== 'ws:') return undefined;
  const page = globalThis.location?.protocol;
  if (!secure && (from.protocol === 'wss:' || from.protocol === 'https:' || page === 'https:')) return undefined;
  return `${secure ? 'wss:' : 'ws:'}//${to.host}${from.pathname}${from.search}`;
}

/** The HTTP address of a path beside `/v1/ws`. */
export function httpAddress(webSocket: string, path: string): string {
  const url = new URL(path, webSocket);
  url.protocol = /^(wss|https):$/.test(url.protocol) ? 'https:' : 'http:';
  return url.href;
}

/** A gateway's name, `https://host[:port]`, of its WebSocket address. */
export function gatewayName(webSocket: string): string {
  return parse(webSocket) === undefined ? webSocket : new URL(httpAddress(webSocket, '/')).origin;
}

function hostOf(address: string): string | undefined {
  return parse(address)?.hostname;
}

function parse(address: string): URL | undefined {
  try {
    return new URL(address);
  } catch {
    return undefined;
  }
}
