// deno-lint-ignore-file no-console
import assert from "node:assert/strict";
import { eventually } from "../eventually.ts";
import { testWith } from "../needs.ts";
import { ROOT } from "../source.ts";
import { type Cluster, openCluster } from "./cluster.ts";
import { watchAnswers } from "./outage.ts";

const NAMESPACE = "metallb-system";

testWith(["cluster"], "the tutorial, from the manifest to a dead node", async (t) => {
  await using cluster = await openCluster();
  const tutorial = new Tutorial(cluster);
  const chapters: readonly (readonly [string, () => Promise<void>])[] = [
    ["the manifest applies", () => tutorial.install()],
    ["leader and speakers get ready", () => tutorial.awaitReady()],
    ["the ConfigMap, whoami and its Service apply", () => tutorial.applyWhoami()],
    ["the Service gets the first address of the pool", () => tutorial.readAddress()],
    ["curl on the LAN gets an answer", () => tutorial.curl()],
    ["describe tells who assigned and who announces", () => tutorial.describe()],
    ["the pods leave the announcing node", () => tutorial.movePods()],
    ["another node answers when the plug is pulled", () => tutorial.pullPlug()],
    ["the address is gone with the Service", () => tutorial.deleteService()],
  ];
  for (const [name, read] of chapters) {
    if (await t.step(name, read)) continue;
    console.log(await tutorial.diagnose());
    return;
  }
});

class Tutorial {
  readonly #cluster: Cluster;
  readonly #first: string;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    [this.#first = ""] = cluster.pool.split("-");
  }

  async install(): Promise<void> {
    const manifest = await Deno.readTextFile(`${ROOT}deploy/lanlord.yaml`);
    const image = /image: docker\.io\/lanlord\/lanlord:\S+/g;
    assert.equal(manifest.match(image)?.length, 2, "the manifest names the image twice");
    await this.#apply(manifest.replace(image, `image: ${this.#cluster.image}`));
  }

  async awaitReady(): Promise<void> {
    for (const workload of ["deployment/lanlord-leader", "daemonset/lanlord-speaker"]) {
      await this.#kubectl("-n", NAMESPACE, "rollout", "status", workload, "--timeout=120s");
    }
  }

  async applyWhoami(): Promise<void> {
    await this.#apply(`
apiVersion: v1
kind: ConfigMap
metadata:
  namespace: ${NAMESPACE}
  name: config
data:
  config: |
    address-pools:
    - name: default
      protocol: layer2
      addresses:
      - ${this.#cluster.pool}
`);
    await this.#apply(await Deno.readTextFile(new URL("whoami.yaml", import.meta.url)));
    await this.#kubectl("rollout", "status", "deployment/whoami-deployment", "--timeout=120s");
  }

  async readAddress(): Promise<void> {
    const path = "jsonpath={.status.loadBalancer.ingress[0].ip}";
    await this.#kubectl("wait", `--for=${path}`, "service/whoami", "--timeout=60s");
    assert.equal(await this.#kubectl("get", "service", "whoami", "-o", path), this.#first);
    const columns = (await this.#kubectl("get", "service", "whoami", "--no-headers")).split(/\s+/);
    assert.deepEqual([columns[0], columns[1], columns[3]], ["whoami", "LoadBalancer", this.#first]);
  }

  async curl(): Promise<void> {
    const answer = await eventually("an answer to curl", 30, () => this.#ask());
    assert.match(answer, /^Hostname: whoami-deployment-/);
  }

  async describe(): Promise<void> {
    const node = await this.#announcingNode(undefined);
    const text = await this.#kubectl("describe", "service", "whoami");
    assert.match(text, new RegExp(`^LoadBalancer Ingress:\\s+${this.#first}\\b`, "m"));
    assert.match(
      text,
      new RegExp(`IPAllocated\\s.*\\smetallb-controller\\s+Assigned IP "${this.#first}"`),
    );
    assert.match(
      text,
      new RegExp(`nodeAssigned\\s.*\\smetallb-speaker\\s+announcing from node "${node}"`),
    );
  }

  /** So that an answer missing below is missing for want of the address, not of a pod that died as well. */
  async movePods(): Promise<void> {
    const node = await this.#announcingNode(undefined);
    const key = "kubernetes.io/hostname";
    const terms = [{ matchExpressions: [{ key, operator: "NotIn", values: [node] }] }];
    const affinity = {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms },
      },
    };
    const patch = JSON.stringify({ spec: { template: { spec: { affinity } } } });
    await this.#kubectl("patch", "deployment", "whoami-deployment", "-p", patch);
    await this.#kubectl("rollout", "status", "deployment/whoami-deployment", "--timeout=120s");
    await eventually("the old pods are gone", 60, async () => {
      const nodes = await this.#kubectl(
        "get",
        "endpointslices",
        "-l",
        "kubernetes.io/service-name=whoami",
        "-o",
        "jsonpath={.items[*].endpoints[*].nodeName}",
      );
      return nodes !== "" && !nodes.split(" ").includes(node) || undefined;
    });
  }

  async pullPlug(): Promise<void> {
    const before = await this.#announcingNode(undefined);
    let after = "";
    const watched = await watchAnswers(this.#cluster, `http://${this.#first}/`, 15, async () => {
      await eventually("an answer to curl", 5, () => this.#ask());
      await this.#cluster.pullPlug(before);
      after = await this.#announcingNode(before);
    });
    console.log(
      `${before} stopped, ${after} announces: longest time without an answer ${watched.gapMs} ms ` +
        `(${watched.answers} answers, ${watched.failures} attempts without)`,
    );
    const { stdout } = await this.#cluster.node(after, ["ip", "-o", "address", "show"]);
    assert.match(stdout, new RegExp(` ${this.#first}/32 `), `bound on ${after}`);
    assert.ok(watched.answers > 10, `only ${watched.answers} answers`);
    assert.ok(watched.gapMs < 10_000, `no answer for ${watched.gapMs} ms`);
  }

  async deleteService(): Promise<void> {
    await this.#kubectl("delete", "service", "whoami");
    await eventually(
      "nobody answers",
      30,
      async () => await this.#ask() === undefined || undefined,
    );
    const nodes = await this.#kubectl("get", "nodes", "-o", "jsonpath={.items[*].metadata.name}");
    for (const node of nodes.split(" ")) {
      const { stdout } = await this.#cluster.node(node, ["ip", "-o", "address", "show"]);
      assert.ok(!stdout.includes(` ${this.#first}/`), `${node} still has the address`);
    }
  }

  /** What a person would look at first. */
  async diagnose(): Promise<string> {
    const looks = [
      ["get", "pods,services,endpointslices", "-A", "-o", "wide"],
      ["get", "events"],
      ["-n", NAMESPACE, "get", "events"],
      ["-n", NAMESPACE, "logs", "-l", "app=lanlord", "--tail=60", "--prefix"],
    ];
    const outcomes = await Promise.all(looks.map((argv) => this.#cluster.kubectl(argv)));
    return outcomes.map(({ stdout, stderr }) => stdout + stderr).join("\n");
  }

  /** The node of the latest nodeAssigned event, once it is another one than `than`. */
  #announcingNode(than: string | undefined): Promise<string> {
    const what = than === undefined ? "a node announces" : `another node than ${than} announces`;
    return eventually(what, 30, async () => {
      const text = await this.#kubectl(
        "get",
        "events",
        "--field-selector=reason=nodeAssigned,involvedObject.name=whoami",
        "--sort-by=.lastTimestamp",
        "-o",
        "jsonpath={range .items[*]}{.message}{'\\n'}{end}",
      );
      const nodes = [...text.matchAll(/announcing from node "([^"]+)"/g)].map(([, node]) => node);
      return nodes.findLast((node) => node !== than);
    });
  }

  async #ask(): Promise<string | undefined> {
    const argv = ["curl", "-s", "--connect-timeout", "0.5", "-m", "2", `http://${this.#first}/`];
    const { code, stdout } = await this.#cluster.client(argv);
    return code === 0 ? stdout : undefined;
  }

  async #apply(manifest: string): Promise<void> {
    const { code, stderr } = await this.#cluster.kubectl(["apply", "-f", "-"], manifest);
    assert.equal(code, 0, stderr);
  }

  async #kubectl(...argv: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.#cluster.kubectl(argv);
    assert.equal(code, 0, `kubectl ${argv.join(" ")}: ${stderr}`);
    return stdout;
  }
}
