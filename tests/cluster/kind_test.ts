import assert from "node:assert/strict";
import manifest from "../../deno.json" with { type: "json" };
import { IMAGE_NAME } from "../../release/sbom.ts";
import { run } from "../command.ts";
import { ROOT } from "../source.ts";

const SCRIPT = `${ROOT}tests/cluster/kind.sh`;
const IMAGE = `${IMAGE_NAME}:${manifest.version}`;
const NEXT = `${IMAGE_NAME}:next`;

/** In place of docker, kind and deno: writes down how it is called, and answers what is asked. */
const STUB = `#!/bin/sh
echo "\${0##*/} $*" >> "$CALLS"
case "\${0##*/} $1 $2" in
  "kind create cluster") cat >> "$CALLS" ;;
  "docker network inspect") printf 'fc00:f853:ccd:e793::/64\\n%s\\n\\n' "$SUBNET" ;;
  "deno eval --print") echo /opt/deno ;;
  "deno task test") env | grep ^LANLORD_CLUSTER | sort >> "$CALLS" ;;
esac
`;

interface Row {
  readonly verb: string;
  /** @default 172.18.0.0/16 */
  readonly subnet?: string;
  /** Every call, with what it was fed or given in its environment. */
  readonly want: readonly string[];
}

const inspect =
  "docker network inspect kind --format {{range .IPAM.Config}}{{println .Subnet}}{{end}}";

function tested(pool: string): readonly string[] {
  return [
    inspect,
    "deno task test cluster --filter the tutorial",
    "LANLORD_CLUSTER_CLIENT=docker exec lanlord-client",
    "LANLORD_CLUSTER_KUBECTL=kubectl --context kind-lanlord",
    `LANLORD_CLUSTER_NEXT_IMAGE=${NEXT}`,
    "LANLORD_CLUSTER_NODE=docker exec {node}",
    `LANLORD_CLUSTER_POOL=${pool}`,
    "LANLORD_CLUSTER_START=docker start {node}",
    "LANLORD_CLUSTER_STOP=docker kill {node}",
  ];
}

const root = ROOT.slice(0, -1);

const rows: readonly Row[] = [
  {
    verb: "up",
    want: [
      "kind create cluster --name lanlord --wait 180s --config -",
      "kind: Cluster",
      "apiVersion: kind.x-k8s.io/v1alpha4",
      "nodes: [{ role: control-plane }, { role: worker }, { role: worker }, { role: worker }]",
      `docker build --tag ${IMAGE} .`,
      `docker build --tag ${NEXT} --build-arg COMMIT=feedc0defeedc0defeedc0defeedc0defeedc0de .`,
      `kind load docker-image --name lanlord ${IMAGE} ${NEXT}`,
      "deno eval --print Deno.execPath()",
      `docker run --detach --init --name lanlord-client --network kind --volume ${root}:${root}:ro ` +
      "--volume /opt/deno:/opt/deno:ro docker.io/library/buildpack-deps:bookworm-curl sleep infinity",
    ],
  },
  { verb: "test", want: tested("172.18.255.200-172.18.255.250") },
  { verb: "test", subnet: "10.89.1.0/24", want: tested("10.89.1.200-10.89.1.250") },
  {
    verb: "down",
    want: ["docker rm --force lanlord-client", "kind delete cluster --name lanlord"],
  },
];

Deno.test("kind.sh asks kind and docker for a cluster, and hands it to the tests", async (t) => {
  for (const { verb, subnet = "172.18.0.0/16", want } of rows) {
    await t.step(`${verb}, ${subnet}`, async () => {
      assert.deepEqual(await callsOf(verb, subnet), want);
    });
  }
});

Deno.test("kind.sh does not guess the addresses of a network of another size", async () => {
  await assert.rejects(
    callsOf("test", "10.0.0.0/22"),
    /Cannot choose addresses of 10\.0\.0\.0\/22/,
  );
});

/** Runs the script with programs that only write down how they are called. */
async function callsOf(verb: string, subnet: string): Promise<readonly string[]> {
  const folder = await Deno.makeTempDir({ prefix: "lanlord-kind-" });
  try {
    for (const name of ["docker", "kind", "deno"]) {
      await Deno.writeTextFile(`${folder}/${name}`, STUB, { mode: 0o755 });
    }
    const env = [`PATH=${folder}:/usr/bin:/bin`, `CALLS=${folder}/calls`, `SUBNET=${subnet}`];
    const { code, stderr } = await run(["env", "-i", ...env, SCRIPT, verb]);
    if (code !== 0) throw new Error(stderr);
    return (await Deno.readTextFile(`${folder}/calls`)).trim().split("\n");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
