// deno-lint-ignore-file no-console
import {
  controlPlaneAssets,
  findProgram,
  isFile,
  kubectlPath,
} from "../demo/control_plane/assets.ts";
import { ARM64_SYSROOT, arm64DenoPath } from "./arm64/given.ts";
import { clusterLack, isClusterGiven } from "./cluster/given.ts";
import { metallbLack } from "./cluster/metallb_given.ts";
import { canCompile } from "./compiled/given.ts";
import { containerLack, imageLack } from "./image/given.ts";
import { hasHelm } from "./helm/given.ts";
import type { Lack } from "./lack.ts";

/**
 * What a test cannot run without.
 *
 * - `netns`: the runner placed this process in a private network namespace with root rights in it
 * - `root`: user 0, be it of a user namespace
 * - `arping`, `ndisc6`, `nft`, `tcpdump`: the program is installed
 * - `promtool`: the program that comes with Prometheus is installed
 * - `kubectl`: built by `deno task assets`, or installed
 * - `helm`: built by `deno task assets`, with MetalLB's charts beside it
 * - `apiserver`: the programs of a real control plane are there; the test starts it
 * - `cluster`: a cluster was handed in, or can be started here
 * - `metallb`: MetalLB can be installed in a cluster that is started here
 * - `cc`, `cross-cc`: a C compiler for this machine, for arm64
 * - `qemu`: programs for arm64 run, emulated
 * - `arm64-deno`: the arm64 build of Deno was fetched, and the C library that it needs is installed
 * - `systemd`: it is installed, and may have namespaces and control groups of its own: as root, of no user namespace
 * - `dpkg-deb`: the program that packs for Debian is installed
 * - `compiled`: what the tests compile the program with was fetched, or `LANLORD_PROGRAM` names one
 * - `image`: buildah, and what the image is made of, or `LANLORD_IMAGE_ARCHIVE` names one
 * - `runc`: containerd and runc, of the cluster's programs or installed
 */
export type Need =
  | "netns"
  | "root"
  | "arping"
  | "ndisc6"
  | "nft"
  | "tcpdump"
  | "promtool"
  | "kubectl"
  | "helm"
  | "apiserver"
  | "cluster"
  | "metallb"
  | "cc"
  | "cross-cc"
  | "qemu"
  | "arm64-deno"
  | "compiled"
  | "systemd"
  | "dpkg-deb"
  | "image"
  | "runc";

/**
 * Registers a test that has needs. Where one is missing the test is ignored and the reason printed, once
 * per need and file: `skip: <need>: <why>; <what would provide it>`. With `LANLORD_TEST_REQUIRE`
 * (needs joined by commas, or `all`, or `all,-cluster` for all but that) a missing need is a failing test instead.
 */
export function testWith(
  needs: readonly Need[],
  name: string,
  body: (t: Deno.TestContext) => Promise<void>,
): void {
  const missing = needs.filter((need) => lackOf(need) !== undefined);
  if (missing.length === 0) {
    Deno.test({ name, fn: body });
    return;
  }
  const required = missing.filter(isRequired);
  if (required.length > 0) {
    Deno.test(name, () => {
      throw new Error(`Cannot run the test: ${required.map(describeLack).join("; ")}`);
    });
    return;
  }
  missing.forEach(sayOnce);
  Deno.test({ name, ignore: true, fn: body });
}

/** Whether a need is met here, for tests that only do more where it is. */
export function isMet(need: Need): boolean {
  return lackOf(need) === undefined;
}

const lacks = new Map<Need, Lack | undefined>();
const said = new Set<Need>();

function lackOf(need: Need): Lack | undefined {
  if (!lacks.has(need)) lacks.set(need, findLack(need));
  return lacks.get(need);
}

function findLack(need: Need): Lack | undefined {
  switch (need) {
    case "netns":
      return Deno.env.get("LANLORD_TEST_NETNS") === "1"
        ? undefined
        : { why: "not in a network namespace of its own", remedy: "run `deno task test:kernel`" };
    case "root":
      return Deno.uid() === 0
        ? undefined
        : { why: `user ${Deno.uid()} is not root`, remedy: "run as root or in a user namespace" };
    case "arping":
      return lackOfProgram("arping", "iputils-arping");
    case "ndisc6":
      return lackOfProgram("ndisc6", "ndisc6");
    case "nft":
      return lackOfProgram("nft", "nftables");
    case "tcpdump":
      return lackOfProgram("tcpdump", "tcpdump") ?? lackOfUsers();
    case "promtool":
      return lackOfProgram("promtool", "prometheus");
    case "kubectl":
      return kubectlPath() === undefined
        ? { why: "kubectl is not installed", remedy: "run `deno task assets`" }
        : undefined;
    case "helm":
      return hasHelm()
        ? undefined
        : { why: "helm and MetalLB's charts are not there", remedy: "run `deno task assets`" };
    case "apiserver":
      return controlPlaneAssets() === undefined
        ? {
          why: "etcd and kube-apiserver are not built",
          remedy: "run `deno task assets` or set KUBEBUILDER_ASSETS",
        }
        : undefined;
    case "cluster":
      return clusterLack() ?? (isClusterGiven() ? undefined : imageLack());
    case "metallb":
      return metallbLack();
    case "cc":
      return lackOfProgram("cc", "gcc and libc6-dev") ??
        lackOfFile("/usr/include/linux/netlink.h", "libc6-dev");
    case "cross-cc":
      return lackOfProgram("aarch64-linux-gnu-gcc", "gcc-aarch64-linux-gnu") ??
        lackOfFile(`${ARM64_SYSROOT}/include/linux/netlink.h`, "libc6-dev-arm64-cross");
    case "qemu":
      return lackOfProgram("qemu-aarch64-static", "qemu-user-static");
    case "arm64-deno":
      return lackOfFile(`${ARM64_SYSROOT}/lib/libc.so.6`, "libc6-arm64-cross") ??
        lackOfFile(`${ARM64_SYSROOT}/lib/libgcc_s.so.1`, "libgcc-s1-arm64-cross") ??
        (isFile(arm64DenoPath()) ? undefined : {
          why: "Deno for arm64 was not fetched",
          remedy: "run `deno run -A tests/arm64/fetch.ts`",
        });
    case "compiled":
      return canCompile() ? undefined : {
        why: "what compiles the program was not fetched",
        remedy: "run `deno run -A tests/compiled/fetch.ts` or set LANLORD_PROGRAM",
      };
    case "systemd":
      return lackOfFile("/lib/systemd/systemd", "systemd") ?? lackOfFullRoot();
    case "dpkg-deb":
      return lackOfProgram("dpkg-deb", "dpkg");
    case "image":
      return imageLack();
    case "runc":
      return containerLack();
    default:
      return need satisfies never;
  }
}

function lackOfProgram(name: string, debianPackage: string): Lack | undefined {
  return findProgram(name) === undefined
    ? { why: `${name} is not installed`, remedy: `install ${debianPackage}` }
    : undefined;
}

/** tcpdump becomes a user of its own, of which a user namespace knows nothing. */
function lackOfUsers(): Lack | undefined {
  const [, , count] = Deno.readTextFileSync("/proc/self/uid_map").trim().split(/\s+/);
  return count === "1"
    ? { why: "in a user namespace with one user, tcpdump ends at once", remedy: "run as root" }
    : undefined;
}

/** systemd makes users and control groups, which are the whole machine's. */
function lackOfFullRoot(): Lack | undefined {
  const [, , count] = Deno.readTextFileSync("/proc/self/uid_map").trim().split(/\s+/);
  return Deno.uid() === 0 && count === "4294967295"
    ? undefined
    : { why: "systemd needs more than a user namespace", remedy: "run as root" };
}

function lackOfFile(path: string, debianPackage: string): Lack | undefined {
  return isFile(path)
    ? undefined
    : { why: `"${path}" is not there`, remedy: `install ${debianPackage}` };
}

function isRequired(need: Need): boolean {
  const required = (Deno.env.get("LANLORD_TEST_REQUIRE") ?? "").split(",").map((s) => s.trim());
  return required.includes(need) || (required.includes("all") && !required.includes(`-${need}`));
}

function describeLack(need: Need): string {
  const lack = lackOf(need);
  return lack === undefined ? need : `${need}: ${lack.why}; ${lack.remedy}`;
}

function sayOnce(need: Need): void {
  if (said.has(need)) return;
  said.add(need);
  console.log(`skip: ${describeLack(need)}`);
}
