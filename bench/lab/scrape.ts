/** The samples of one metric, added up over their labels, as far as these are wanted. */
export function sumOf(text: string, name: string, labels: readonly string[] = []): number {
  let sum = 0;
  for (const line of text.split("\n")) {
    const match = /^(?<name>[a-zA-Z_:][\w:]*)(?<labels>\{.*\})? (?<value>\S+)/.exec(line);
    if (match?.groups === undefined || match.groups["name"] !== name) continue;
    const own = match.groups["labels"] ?? "";
    if (labels.every((label) => own.includes(label))) sum += Number(match.groups["value"]);
  }
  return sum;
}

/** The values of one label of a metric, each once, in order. */
export function labelValues(text: string, name: string, label: string): readonly string[] {
  const found = text.split("\n").filter((line) => line.startsWith(`${name}{`))
    .flatMap((line) => new RegExp(`[{,]${label}="([^"]*)"`).exec(line)?.[1] ?? []);
  return [...new Set(found)].sort();
}
