import assert from "node:assert/strict";
import type { Outcome } from "../../demo/program.ts";
import { run } from "../command.ts";
import { eventually } from "../eventually.ts";
import { ROOT } from "../source.ts";
import type { Access } from "./given.ts";
import { metallbManifest } from "./metallb_given.ts";

/** The nodes of a lab. */
const NODES = ["n1", "n2", "n3"];

/**
 * Where somebody sits who follows a page: a folder with what the page's commands name, and `kubectl` for a cluster of
 * the lab.
 */
export class Desk implements AsyncDisposable {
  readonly #access: Access;
  readonly #folder: string;

  private constructor(access: Access, folder: string) {
    this.#access = access;
    this.#folder = folder;
  }

  static async open(access: Access): Promise<Desk> {
    const folder = await Deno.makeTempDir({ prefix: "lanlord-desk-" });
    await Deno.mkdir(`${folder}/bin`);
    await Deno.mkdir(`${folder}/deploy`);
    const script = `#!/bin/sh\nexec ${access.kubectl} "$@"\n`;
    await Deno.writeTextFile(`${folder}/bin/kubectl`, script, { mode: 0o755 });
    for (const name of ["deploy/lanlord.yaml", "deploy/beside-metallb.yaml"]) {
      await Deno.copyFile(ROOT + name, `${folder}/${name}`);
    }
    await Deno.copyFile(metallbManifest(), `${folder}/metallb-native.yaml`);
    return new Desk(access, folder);
  }

  /** Runs words in the folder. */
  run(argv: readonly string[], stdin?: string): Promise<Outcome> {
    const path = `${this.#folder}/bin:${Deno.env.get("PATH")}`;
    return run(["env", "-C", this.#folder, `PATH=${path}`, ...argv], stdin);
  }

  /** What kubectl prints. @throws AssertionError when it fails */
  async kubectl(argv: readonly string[], stdin?: string): Promise<string> {
    const { code, stdout, stderr } = await this.run(["kubectl", ...argv], stdin);
    assert.equal(code, 0, `kubectl ${argv.join(" ")}: ${stderr}`);
    return stdout;
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
    await Deno.remove(this.#folder, { recursive: true });
  }
}
