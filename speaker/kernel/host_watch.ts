import type { Log } from "../../ops/log.ts";
import { Gauge, type Registry } from "../../ops/prometheus.ts";
import { checkHost, type HostFinding } from "./host_checks.ts";
import { readHostFacts, type ReadParameter } from "./host_facts.ts";
import { formatInterfaces, type Interface } from "../desired/interfaces.ts";

export interface HostWatchDeps {
  readonly log: Log;
  readonly registry: Registry;
  readonly read: ReadParameter;
}

/** Checks the node when its interfaces change, and tells of each finding once, until it is gone. */
export class HostWatch {
  readonly #deps: HostWatchDeps;
  #findings: readonly HostFinding[] = [];
  #seen: string | undefined;
  #next: readonly Interface[] | undefined;
  #running: Promise<void> | undefined;

  constructor(deps: HostWatchDeps) {
    this.#deps = deps;
    const findings = (): readonly HostFinding[] => this.#findings;
    new Gauge({
      name: "lanlord_host_findings",
      help: "1 for everything about this node that keeps announcements from working as they should",
      labelNames: ["check", "interface"],
      registers: [deps.registry],
      collect(): void {
        this.reset();
        for (const { check, interface: name } of findings()) {
          this.set({ check, interface: name }, 1);
        }
      },
    });
  }

  /** Looks again if these interfaces are not those of the last look; never twice at once. */
  consider(faces: readonly Interface[]): void {
    const text = formatInterfaces(faces);
    if (text === this.#seen) return;
    this.#seen = text;
    this.#next = faces;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** Resolves when no look is under way. */
  async ended(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#next !== undefined) {
      const faces = this.#next;
      this.#next = undefined;
      try {
        await this.#look(faces);
      } catch (error) {
        this.#deps.log("info", "hostNotChecked", { error });
      }
    }
  }

  async #look(faces: readonly Interface[]): Promise<void> {
    const told = new Set(this.#findings.map(keyOf));
    this.#findings = checkHost(await readHostFacts(faces, this.#deps.read));
    for (const finding of this.#findings) {
      if (told.has(keyOf(finding))) continue;
      const { severity, interface: link, ...fields } = finding;
      this.#deps.log(severity === "info" ? "info" : "warn", "hostFinding", {
        severity,
        link,
        ...fields,
      });
    }
  }
}

function keyOf({ check, interface: name, found }: HostFinding): string {
  return `${check} ${name} ${found}`;
}
