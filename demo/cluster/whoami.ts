/** What a whoami backend knows about itself. */
export interface Whoami {
  readonly hostname: string;
  readonly addresses: readonly string[];
}

/** A request as far as the answer repeats it. */
export interface Asked {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Iterable<readonly [string, string]>;
}

/** The answer of the tutorials' `whoami`: who answers, who asked, and the request as it came. */
export function whoamiText(self: Whoami, asked: Asked): string {
  const headers = [...asked.headers].map(([name, value]) => [canonical(name), value] as const);
  const rank = (name: string): number => name === "Host" ? 0 : name === "User-Agent" ? 1 : 2;
  headers.sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return [
    `Hostname: ${self.hostname}`,
    ...self.addresses.map((address) => `IP: ${address}`),
    `RemoteAddr: ${asked.remoteAddress}:${asked.remotePort}`,
    `${asked.method} ${asked.target} HTTP/1.1`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    "",
    "",
  ].join("\n");
}

/** `user-agent` as `User-Agent`. */
function canonical(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (letters) => letters.toUpperCase());
}
