import type { Machine } from "../../demo/lan/lan.ts";
import { readLines } from "../../demo/wire/watcher.ts";
import { eventually } from "../eventually.ts";

/** A client that fetches a page from an address, a new connection each time, all the time. */
export interface PageReader extends AsyncDisposable {
  /** Waits for the first page. */
  begun(): Promise<void>;
  /** The longest time from one page to the next since an instant, once there is a page after an outage; ms. */
  gapSince(since: number): Promise<number>;
}

const PORT = "8080";
/** Far less than the second after which TCP sends a lost SYN again. */
const CONNECT_LIMIT_S = "0.03";
const PAGES_PER_SECOND = 100;
/** One page may be late on a busy machine; so many in a row did not come. */
const OUTAGE_PAGES = 3;
/** A connection that is open when the node dies hangs for curl's whole second, in which the outage may be over. */
const HUNG_MS = 500;
const SERVER = new URL("./page_server.ts", import.meta.url).pathname;

/** What curl says of each page: whether it came, and when it had it. */
interface Page {
  readonly at: number;
  readonly hasCome: boolean;
}

/**
 * Starts a web server on every node and one `curl` on the client that goes on for hours. The client's kernel keeps its
 * neighbour entry from one page to the next: what wakes it up is the new owner's announcement, or nothing.
 */
export function openPageReader(
  { client, nodes }: { readonly client: Machine; readonly nodes: readonly Machine[] },
  address: string,
): PageReader {
  const quiet = { stdin: "null", stdout: "null", stderr: "null" } as const;
  const server = [Deno.execPath(), "run", "-A", SERVER, PORT];
  const servers = nodes.map((node) => node.command(server, quiet).spawn());
  const url = `http://${address}:${PORT}/[1-10000000]`;
  const flags = ["-s", "-o", "/dev/null", "--connect-timeout", CONNECT_LIMIT_S, "--max-time", "1"];
  const told = ["-w", "%{stderr}%{http_code}\n", "--rate", `${PAGES_PER_SECOND}/s`];
  const curl = client.command(
    ["curl", ...flags, ...told, "-H", "Connection: close", url],
    { ...quiet, stderr: "piped" },
  ).spawn();
  const pages: Page[] = [];
  const reading = readLines(curl.stderr, (line) => {
    pages.push({ at: performance.timeOrigin + performance.now(), hasCome: line === "200" });
  });
  const children = [...servers, curl];
  return {
    begun: async () => {
      const isServed = (): boolean => pages.some(({ hasCome }) => hasCome);
      await eventually("the first page", 20, () => Promise.resolve(isServed() || undefined));
    },
    gapSince: (since) =>
      eventually("a page after an outage", 60, () => {
        const recent = pages.filter(({ at }) => at >= since - 100);
        const failure = recent.findIndex(({ at }, i) =>
          isOutage(recent.slice(i, i + OUTAGE_PAGES), at - (recent[i - 1]?.at ?? at))
        );
        const isOver = failure >= 0 && recent.slice(failure).some(({ hasCome }) => hasCome);
        return Promise.resolve(isOver ? longestGapMs(recent) : undefined);
      }),
    [Symbol.asyncDispose]: async () => {
      for (const child of children) child.kill("SIGKILL");
      await Promise.all([reading, ...children.map((child) => child.status)]);
    },
  };
}

function longestGapMs(pages: readonly Page[]): number {
  const come = pages.filter(({ hasCome }) => hasCome);
  return come.reduce((most, { at }, i) => Math.max(most, at - (come[i - 1]?.at ?? at)), 0);
}

/** @param tookMs how long the first of them took to come or to fail */
function isOutage(pages: readonly Page[], tookMs: number): boolean {
  if (pages[0] === undefined || pages[0].hasCome) return false;
  return tookMs > HUNG_MS ||
    (pages.length === OUTAGE_PAGES && pages.every(({ hasCome }) => !hasCome));
}
