/**
 * Gives the bearer token to send now, `undefined` for none. `rejected` says that the server refused
 * the one given last, so that a token kept in memory must be read again.
 */
export type TokenSource = (why: "send" | "rejected") => Promise<string | undefined>;

/** How to reach an API server and prove who asks. Holds secrets: never log it whole. */
export interface Credentials {
  /** Base URL, without a slash at the end. */
  readonly server: string;
  /** Where this was found, for people: `kubeconfig "/etc/lanlord/kubeconfig", context "admin"`. */
  readonly origin: string;
  /** The namespace the source names, if it names one. */
  readonly namespace: string | undefined;
  readonly token: TokenSource;
  /** Absent: the system's certificate authorities, and no client certificate. */
  readonly tls?: {
    /** PEM texts, trusted in addition to the system's. */
    readonly caCerts: readonly string[];
    /** PEM; always together with `key`. */
    readonly cert?: string | undefined;
    /** PEM; always together with `cert`. */
    readonly key?: string | undefined;
  };
  /** `http:`, `https:` or `socks5:` proxy. @default what the environment says */
  readonly proxyUrl?: string | undefined;
}

/** Credentials that prove nothing: for a server that asks for no proof. */
export function anonymousCredentials(server: string): Credentials {
  return {
    server,
    origin: server,
    namespace: undefined,
    token: () => Promise.resolve(undefined),
  };
}
