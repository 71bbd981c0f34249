/** How often an API server was asked for something, by what it was: `PATCH services/status`. */
export type ApiRequests = ReadonlyMap<string, number>;

/** What leaders ask for; the API server asks itself for much else. */
const RESOURCES = ["services", "events", "ipaddresspools", "l2advertisements", "configmaps"];

/** Reads `apiserver_request_total` from the text of an API server's metrics. */
export function parseRequests(text: string): ApiRequests {
  const requests = new Map<string, number>();
  for (const line of text.split("\n")) {
    const match = /^apiserver_request_total\{(?<labels>.*)\} (?<value>\S+)$/.exec(line);
    if (match?.groups === undefined) continue;
    const labels = match.groups["labels"] ?? "";
    const label = (name: string): string =>
      new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels)?.[1] ?? "";
    const resource = label("resource");
    if (!RESOURCES.includes(resource) || label("verb") === "WATCH") continue;
    const what = `${label("verb")} ${[resource, label("subresource")].filter(Boolean).join("/")}`;
    requests.set(what, (requests.get(what) ?? 0) + Number(match.groups["value"]));
  }
  return requests;
}

/** What was asked after `before` and up to `after`, most often first. */
export function requestsBetween(
  before: ApiRequests,
  after: ApiRequests,
): readonly (readonly [what: string, times: number])[] {
  return [...after].map(([what, times]) => [what, times - (before.get(what) ?? 0)] as const)
    .filter(([, times]) => times > 0).sort(([, a], [, b]) => b - a);
}
