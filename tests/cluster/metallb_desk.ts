import type { Outcome } from "../../demo/program.ts";
import { scriptOf } from "../../demo/story/shell.ts";
import { run } from "../command.ts";
import { type Desk, openDesk } from "../docs/desk.ts";
import { eventually } from "../eventually.ts";
import type { Access } from "./given.ts";
import { metallbManifest } from "./metallb_given.ts";

/** The nodes of a lab. */
const NODES = ["n1", "n2", "n3"];

/** A desk with MetalLB's manifest, `kubectl` for a cluster of the lab, and a view of its nodes. */
export class MetallbDesk implements AsyncDisposable {
  readonly #access: Access;
  readonly #desk: Desk;

  private constructor(access: Access, desk: Desk) {
    this.#access = access;
    this.#desk = desk;
  }

  static async open(access: Access): Promise<MetallbDesk> {
    const desk = await openDesk({ kubectl: scriptOf(access.kubectl.split(" ")) });
    await Deno.copyFile(metallbManifest(), `${desk.folder}/metallb-native.yaml`);
    return new MetallbDesk(access, desk);
  }

  /** Runs words in the folder. */
  run(argv: readonly string[]): Promise<Outcome> {
    return this.#desk.run(argv);
  }

  /** What kubectl prints. @throws Error when it fails */
  async kubectl(argv: readonly string[], stdin?: string): Promise<string> {
    return await this.#desk.must(["kubectl", ...argv], stdin);
  }

  /** The addresses of all Services that are to have one, once all of them have. */
  addresses(): Promise<ReadonlyMap<string, string>> {
    return eventually("every Service to have an address", 60, async () => {
      const line = "{.metadata.name} {.status.loadBalancer.ingress[*].ip}{'\\n'}";
      const path = `jsonpath={range .items[?(@.spec.type=="LoadBalancer")]}${line}{end}`;
      const text = await this.kubectl(["get", "services", "-o", path]);
      const rows = text.trim().split("\n").map((row) => row.trim().split(" "));
      if (rows.some(({ length }) => length !== 2)) return undefined;
      return new Map(rows.map(([name = "", address = ""]) => [name, address]));
    });
  }

  /** The addresses that speakers of ours have bound, in order, each with its node. */
  async bound(): Promise<readonly string[]> {
    const each = await Promise.all(NODES.map(async (node) => {
      const argv = this.#access.node.replaceAll("{node}", node).split(" ");
      const { stdout } = await run([...argv, "ip", "-o", "-4", "address", "show"]);
      const marked = stdout.split("\n").filter((line) => line.includes(":lanlord"));
      return marked.map((line) => `${/inet ([\d.]+)/.exec(line)?.[1]} ${node}`);
    }));
    return each.flat().toSorted();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#desk[Symbol.asyncDispose]();
  }
}
