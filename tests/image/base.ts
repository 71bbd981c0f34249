import { dirname } from "node:path";
import { mustRun } from "../../demo/program.ts";
import { DEBIAN_PACKAGES } from "../../release/debian_files.ts";
import type { ImageStore } from "../../release/image.ts";
import { packagesOfLock } from "../../release/sbom.ts";
import { readDenoFolders } from "../../release/tree.ts";
import { compilerPath, runtimePath } from "../compiled/given.ts";
import { ROOT } from "../source.ts";

/** What passes for the two base images of the Dockerfile, where no hub is reached. */
export interface Bases {
  readonly DENO_IMAGE: string;
  readonly DEBIAN_IMAGE: string;
}

/** The packages that the base images are made of: those of the image, a shell, and what a link leads to. */
const BASE_PACKAGES = [...DEBIAN_PACKAGES, "dash", "gcc-12-base"] as const;

/** Fetches the packages from Debian into a folder; apt verifies them. @throws Error with what apt said */
export async function fetchPackages(folder: string): Promise<void> {
  const download = ["-o", "APT::Sandbox::User=root", "download", ...BASE_PACKAGES];
  const fetch = (): Promise<string> => mustRun(["apt-get", "-qq", ...download], { cwd: folder });
  // Without lists of packages, or with old ones, apt finds none.
  await fetch().catch(async () => {
    await mustRun(["apt-get", "-qq", "update"]);
    await fetch();
  });
}

/**
 * Makes both images in the store: `DEBIAN_IMAGE` of Debian's packages, and on top of it `DENO_IMAGE`, with this
 * Deno, the one that compiles for the tests, its runtime and the npm packages of the lock file.
 */
export async function makeBases(store: ImageStore, debs: string): Promise<Bases> {
  const folder = await Deno.makeTempDir({ prefix: "lanlord-base-" });
  try {
    await unpackDebian(debs, `${folder}/debian`);
    const debian = await commit(store, "localhost/debian", "scratch", `${folder}/debian`);
    await fillDeno(`${folder}/deno`);
    const deno = await commit(store, "localhost/deno", debian, `${folder}/deno`, {
      DENO_DIR: "/deno-dir",
      COMPILE_DENO: "/usr/bin/deno-compiler",
      DENORT_BIN: "/usr/bin/denort",
    });
    return { DENO_IMAGE: deno, DEBIAN_IMAGE: debian };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What the installation of these packages leaves in a root. */
async function unpackDebian(debs: string, root: string): Promise<void> {
  const status: string[] = [];
  for await (const { name } of Deno.readDir(debs)) {
    await mustRun(["dpkg-deb", "--extract", `${debs}/${name}`, root]);
    const fields = await mustRun(["dpkg-deb", "--field", `${debs}/${name}`]);
    status.push(fields.replace("\n", "\nStatus: install ok installed\n"));
  }
  await Deno.mkdir(`${root}/var/lib/dpkg`, { recursive: true });
  await Deno.writeTextFile(`${root}/var/lib/dpkg/status`, status.toSorted().join("\n"));
  // As update-ca-certificates does.
  const certificates = `${root}/usr/share/ca-certificates/mozilla`;
  const names = (await Array.fromAsync(Deno.readDir(certificates))).map(({ name }) => name);
  const texts = names.toSorted().map((name) => Deno.readTextFile(`${certificates}/${name}`));
  await Deno.writeTextFile(
    `${root}/etc/ssl/certs/ca-certificates.crt`,
    (await Promise.all(texts)).join(""),
  );
}

async function fillDeno(root: string): Promise<void> {
  await Deno.mkdir(`${root}/usr/bin`, { recursive: true });
  await Deno.copyFile(Deno.execPath(), `${root}/usr/bin/deno`);
  await Deno.copyFile(compilerPath(), `${root}/usr/bin/deno-compiler`);
  await Deno.copyFile(runtimePath(Deno.build.arch), `${root}/usr/bin/denort`);
  await copyPackages(`${root}/deno-dir/npm`);
}

/** Copies what the lock file names from Deno's cache on this machine, so that the build fetches nothing. */
async function copyPackages(to: string): Promise<void> {
  await mustRun([Deno.execPath(), "install", "--quiet", "--frozen"], { cwd: ROOT });
  const { npmCache } = await readDenoFolders();
  const locked = packagesOfLock(await Deno.readTextFile(`${ROOT}deno.lock`));
  for (const { name } of locked) {
    for await (const { name: registry } of Deno.readDir(npmCache)) {
      const from = `${npmCache}/${registry}/${name}`;
      if (!await Deno.stat(from).then(() => true, () => false)) continue;
      await Deno.mkdir(dirname(`${to}/${registry}/${name}`), { recursive: true });
      await mustRun(["cp", "-r", from, `${to}/${registry}/${name}`]);
    }
  }
}

async function commit(
  store: ImageStore,
  name: string,
  from: string,
  root: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const container = await store.buildah("from", from);
  await store.buildah("copy", "--quiet", container, root, "/");
  const flags = Object.entries(env).map(([key, value]) => `--env=${key}=${value}`);
  if (flags.length > 0) await store.buildah("config", ...flags, container);
  await store.buildah("commit", "--quiet", "--rm", container, name);
  return name;
}
