import assert from "node:assert/strict";
import { buildDeb } from "../../release/deb.ts";
import { compiledLanlord } from "../compiled/given.ts";
import { testWith } from "../needs.ts";
import {
  giveKubeconfigs,
  HOLDING,
  missesNothing,
  openStage,
  pidOf,
  SPEAKER,
  traces,
  untilStatus,
  VIP,
} from "./stage.ts";

const DEB = "/opt/lanlord.deb";

testWith(
  ["netns", "systemd", "compiled", "dpkg-deb", "arping"],
  "the package for Debian",
  async (t) => {
    await using stack = new AsyncDisposableStack();
    const folder = await Deno.makeTempDir({ prefix: "lanlord-deb-" });
    stack.defer(() => Deno.remove(folder, { recursive: true }));
    const deb = await buildDeb(await compiledLanlord(), folder);
    const { lan, n1 } = stack.use(await openStage({ [DEB]: deb }));

    await t.step("is installed, and starts and enables nothing", async () => {
      await n1.must(["dpkg", "-i", DEB]);
      assert.equal(await n1.property(SPEAKER, "ActiveState"), "inactive");
      assert.equal(await n1.property(SPEAKER, "UnitFileState"), "disabled");
      assert.match(await n1.must(["lanlord", "version"]), /^lanlord /);
    });

    await t.step("runs as a service", async () => {
      await giveKubeconfigs(n1);
      await lan.assign("web", VIP);
      await n1.must(["systemctl", "enable", "--now", SPEAKER]);
      await untilStatus(n1, SPEAKER, HOLDING);
    });

    await t.step("an upgrade misses no answer, and keeps settings as they are", async () => {
      const settings = "/etc/lanlord/speaker.env";
      await n1.must(["sh", "-c", `echo LANLORD_FLAGS=--log-level debug >> ${settings}`]);
      const before = await pidOf(n1, SPEAKER);
      await missesNothing(lan, async () => {
        await n1.must(["dpkg", "-i", DEB]);
        await untilStatus(n1, SPEAKER, HOLDING);
      });
      assert.notEqual(await pidOf(n1, SPEAKER), before);
      assert.match(await n1.must(["cat", settings]), /debug/);
    });

    await t.step("removed, it has stopped; purged, it leaves nothing", async () => {
      await n1.must(["dpkg", "-r", "lanlord"]);
      assert.equal(await n1.property(SPEAKER, "ActiveState"), "inactive");
      await n1.must(["ls", "/etc/lanlord/speaker.kubeconfig", "/etc/lanlord/speaker.env"]);
      await n1.must(["dpkg", "-P", "lanlord"]);
      assert.equal(await traces(n1), "");
    });
  },
);
