import { keyOf, type Service } from "../kube/mod.ts";
import { clashesAmong } from "./clashes.ts";

/** Everything that ever stood in the API about the addresses of Services. */
export class Chronicle {
  readonly #histories = new Map<string, string[]>();
  readonly #clashes: string[] = [];
  readonly #upset: string[] = [];
  #open: readonly string[] = [];

  /** Writes down what stands there now; to be called after every change. */
  note(services: ReadonlyMap<string, Service>): void {
    for (const service of services.values()) {
      const text = service.ingress.map(({ ip, hostname }) => ip ?? hostname).join(",");
      const history = this.#histories.get(keyOf(service.meta)) ?? [];
      if (history.at(-1) !== text) history.push(text);
      this.#histories.set(keyOf(service.meta), history);
    }
    const clashes = clashesAmong([...services.values()]);
    for (const clash of clashes) if (!this.#open.includes(clash)) this.#clashes.push(clash);
    for (const clash of this.#open) {
      const [older = "", , ip] = clash.split(" ");
      const { ingress } = services.get(older) ?? { ingress: [{ ip }] };
      if (!ingress.some((entry) => entry.ip === ip)) this.#upset.push(clash);
    }
    this.#open = clashes;
  }

  /** What each Service had, one after the other, as `name: , 10.0.0.1`. */
  get histories(): Readonly<Record<string, readonly string[]>> {
    return Object.fromEntries(
      [...this.#histories].map(([key, history]) => [key, [...history]] as const)
        .toSorted(([a], [b]) => (a < b ? -1 : 1)),
    );
  }

  /** Addresses that two Services ever had at a time without a right to share them. */
  get clashes(): readonly string[] {
    return [...this.#clashes];
  }

  /** Clashes that the older of the two left, though it was not deleted. */
  get upset(): readonly string[] {
    return [...this.#upset];
  }
}
