import { pidInside } from "../../demo/lan/holder.ts";
import type { Machine } from "../../demo/lan/lan.ts";
import { finish, type Outcome, PIPED } from "../../demo/program.ts";
import { eventually } from "../eventually.ts";

/** A machine of the LAN that systemd runs on, with the file system of this one and nothing written to it. */
export interface SystemdMachine extends AsyncDisposable {
  /** Runs a command on it to its end, `stdin` as its standard input. Never rejects for an exit code. */
  run(argv: readonly string[], stdin?: string): Promise<Outcome>;
  /** Runs a command that must succeed. @returns its standard output @throws Error with what it said */
  must(argv: readonly string[], stdin?: string): Promise<string>;
  /** A property of a unit, as `systemctl show` has it. */
  property(unit: string, name: string): Promise<string>;
}

/** What of this machine is seen there at other places: the path there, and the path here. */
export type Given = Readonly<Record<string, string>>;

/** Names control groups of ours, so that those of a killed test are known. */
const GROUP = "lanlord-test-systemd";

/**
 * The first lines run in a mount namespace of their own; then the machine gets a control group, and behind `inside`
 * its own root. cgroup v2 alone is mounted, which on a machine with v1 has no controllers: enough to tell processes apart.
 */
const OUTSIDE = `
set -eu
groups=/sys/fs/cgroup
mount -t cgroup2 cgroup2 "$groups"
sweep() { find "$groups" -mindepth 1 -depth -type d -path "*/${GROUP}-*" -exec rmdir {} + 2> /dev/null || true; }
sweep
group=$groups/${GROUP}-$$-$(cat /proc/sys/kernel/random/uuid)
mkdir "$group"
inside=$1; shift
(
  echo 0 > "$group/cgroup.procs"
  exec unshare --pid --fork --mount --uts --ipc --cgroup --kill-child sh -c "$inside" sh "$@"
) || true
sweep
`;

/** `$1` is the host name, then pairs: a path here, a path there. */
const INSIDE = `
set -eu
base=/media
mount -t tmpfs tmpfs "$base"
mkdir "$base/upper" "$base/work" "$base/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$base/upper,workdir=$base/work" "$base/root"
cd "$base/root"
echo "$1" > etc/hostname; shift
while [ $# -gt 0 ]; do
  if [ -d "$1" ]; then mkdir -p "./$2"; else mkdir -p "./$(dirname "$2")"; : > "./$2"; fi
  mount --bind "$1" "./$2"; shift 2
done
# Nothing of what the packages here want started, such as udev; and no rule against starting services.
rm -rf lib/systemd/system/*.target.wants etc/systemd/system/* etc/lanlord usr/sbin/policy-rc.d
: > etc/fstab
mkdir -p etc/systemd/system/sysinit.target.wants var/log/journal
ln -s /lib/systemd/system/systemd-journald.service etc/systemd/system/sysinit.target.wants/
: > etc/machine-id
mount -t proc proc proc
mount --bind proc/sys proc/sys
mount -o remount,ro,bind proc/sys
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs tmpfs tmp
mount -t tmpfs -o mode=755 tmpfs dev
for device in null zero full random urandom tty; do
  : > "dev/$device"; mount --bind "/dev/$device" "dev/$device"
done
mkdir dev/shm dev/pts; ln -s /proc/self/fd dev/fd; ln -s pts/ptmx dev/ptmx
mkdir old; pivot_root . old
umount -l /old
mount --make-rshared /
exec env -i container=lanlord PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --unit=basic.target --show-status=no
`;

/**
 * Boots systemd on a machine of the LAN, as the first process of namespaces of its own but for the network, which is
 * the machine's. It ends with this object, or with the LAN.
 *
 * @throws Error with what it said where it does not come up
 */
export async function bootSystemd(machine: Machine, given: Given): Promise<SystemdMachine> {
  const pairs = Object.entries(given).flatMap(([there, here]) => [here, there]);
  const argv = ["unshare", "--mount", "sh", "-c", OUTSIDE, "sh", INSIDE, machine.name, ...pairs];
  const options = { stdin: "null", stdout: "null", stderr: "piped" } as const;
  const child = machine.command(argv, options).spawn();
  const complaint = child.stderr.text();
  let hasEnded = false;
  const ended = child.status.then(() => hasEnded = true);
  const failIfEnded = async (): Promise<void> => {
    if (hasEnded) throw new Error(`Cannot boot systemd: ${(await complaint).trim()}`);
  };
  const init = await eventually("systemd to begin", 20, async () => {
    await failIfEnded();
    return await initUnder(await pidInside(child).catch(() => undefined));
  });
  const namespaces = ["--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--root", "--wd"];
  const enter = ["--target", `${init}`, ...namespaces, "--"];
  const run = (words: readonly string[], stdin = ""): Promise<Outcome> =>
    finish(
      new Deno.Command("nsenter", {
        args: [...enter, ...words],
        clearEnv: true,
        env: {
          PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
          HOME: "/root",
        },
        ...PIPED,
      }),
      stdin,
    );
  await eventually("systemd to be up", 30, async () => {
    await failIfEnded();
    const { stdout } = await run(["systemctl", "is-system-running"]);
    return stdout.trim() === "running" || undefined;
  });
  const must = async (words: readonly string[], stdin?: string): Promise<string> => {
    const { code, stdout, stderr } = await run(words, stdin);
    if (code === 0) return stdout;
    throw new Error(`Cannot run "${words.join(" ")}": exit code ${code}: ${stdout}${stderr}`);
  };
  return {
    run,
    must,
    property: async (unit, name) =>
      (await must(["systemctl", "show", "--value", `--property=${name}`, unit])).trim(),
    [Symbol.asyncDispose]: async () => {
      // The first process of a PID namespace takes all others with it. The LAN may have ended it before.
      try {
        if (!hasEnded) Deno.kill(init, "SIGKILL");
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
      await Promise.all([ended, complaint]);
    },
  };
}

/** The process that has become systemd, among the descendants of `pid`, as this process numbers it. */
async function initUnder(pid: number | undefined): Promise<number | undefined> {
  if (pid === undefined) return undefined;
  const name = await Deno.readTextFile(`/proc/${pid}/comm`).catch(() => "");
  if (name.trim() === "systemd") return pid;
  const children = await Deno.readTextFile(`/proc/${pid}/task/${pid}/children`).catch(() => "");
  for (const child of children.trim().split(" ").filter(Boolean)) {
    const found = await initUnder(Number(child));
    if (found !== undefined) return found;
  }
  return undefined;
}
