import assert from "node:assert/strict";
import { eventually } from "../eventually.ts";
import { testWith } from "../needs.ts";
import {
  CLONE,
  giveKubeconfigs,
  HOLDING,
  LEADER,
  missesNothing,
  openStage,
  pidOf,
  SPEAKER,
  traces,
  untilStatus,
  VIP,
} from "./stage.ts";

/** What `systemd-analyze security` may make of the units at most, in tenths. 252 says 1.1 and 1.8. */
const MOST_EXPOSED = [[LEADER, 11], [SPEAKER, 18]] as const;

testWith(["netns", "systemd", "compiled", "arping"], "both roles run as services", async (t) => {
  await using stage = await openStage();
  const { lan, n1 } = stage;
  const ctl = (...words: readonly string[]): Promise<string> => n1.must(["systemctl", ...words]);

  await t.step("install.sh installs, again changes no setting, and nothing starts", async () => {
    await n1.must([`${CLONE}/deploy/systemd/install.sh`, `${CLONE}/lanlord`]);
    await n1.must([
      "sed",
      "-i",
      "s/^LANLORD_FLAGS=.*/& --log-level debug/",
      "/etc/lanlord/leader.env",
    ]);
    const before = await n1.must(["cat", "/etc/lanlord/leader.env"]);
    await n1.must([`${CLONE}/deploy/systemd/install.sh`, `${CLONE}/lanlord`]);
    assert.equal(await n1.must(["cat", "/etc/lanlord/leader.env"]), before);
    assert.equal(await n1.property(SPEAKER, "ActiveState"), "inactive");
  });

  await t.step("the units are sound, and keep to what they need", async () => {
    for (const [unit, most] of MOST_EXPOSED) {
      const file = `/etc/systemd/system/${unit}`;
      assert.equal((await n1.run(["systemd-analyze", "verify", file])).stderr, "");
      const limit = [`--threshold=${most}`, "--offline=true", "--no-pager"];
      await n1.must(["systemd-analyze", "security", ...limit, file]);
    }
  });

  await t.step("without a kubeconfig a start says what is missing", async () => {
    const { code, stderr } = await n1.run(["systemctl", "start", SPEAKER]);
    assert.equal(code, 1);
    assert.match(stderr, /Assertion failed/);
  });

  await t.step("a start does not wait for an API server that is away", async () => {
    await giveKubeconfigs(n1);
    await lan.cutApi();
    await ctl("start", LEADER, SPEAKER);
    await untilStatus(n1, SPEAKER, "Holding 0 addresses; waiting for the API server");
    await untilStatus(n1, LEADER, "Waiting for the API server");
    lan.restoreApi();
    await untilStatus(n1, LEADER, "Leading");
  });

  await t.step("the speaker holds what there is, as a user without a name", async () => {
    await lan.assign("web", VIP);
    await untilStatus(n1, SPEAKER, HOLDING);
    assert.equal(await lan.settled(VIP), "n1");
    const status = await n1.must(["cat", `/proc/${await pidOf(n1, SPEAKER)}/status`]);
    assert.match(status, /^Uid:\t6[0-9]{4}\t/m);
    // CAP_NET_ADMIN is bit 12, CAP_NET_RAW bit 13.
    assert.match(status, /^CapEff:\t0000000000003000$/m);
    assert.match(status, /^CapBnd:\t0000000000003000$/m);
    const leader = await n1.must(["cat", `/proc/${await pidOf(n1, LEADER)}/status`]);
    assert.match(leader, /^CapBnd:\t0000000000000000$/m);
  });

  await t.step(
    "the journal has a JSON object a line, and no finding of a forbidden call",
    async () => {
      for (const unit of [LEADER, SPEAKER]) {
        const text = await n1.must(["journalctl", "--no-pager", "-o", "cat", "-u", unit]);
        const lines = text.split("\n").filter((line) => line.startsWith("{"));
        const events = lines.map((line): string => JSON.parse(line).event);
        assert.ok(events.includes("started"), text);
        for (const fault of ["nothingRemembered", "hostNotChecked", "notNotified"]) {
          assert.ok(!events.includes(fault), text);
        }
      }
    },
  );

  await t.step("a restart misses no answer, and another node takes nothing", async () => {
    await lan.start("n2");
    await missesNothing(lan, async () => {
      await ctl("restart", SPEAKER);
      await untilStatus(n1, SPEAKER, HOLDING);
    });
  });

  await t.step("a speaker that hangs is ended by the watchdog, and misses no answer", async () => {
    const hanging = await pidOf(n1, SPEAKER);
    await missesNothing(lan, async () => {
      await ctl("kill", "--signal=STOP", SPEAKER);
      await eventually("another process", 40, async () => {
        const isUp = await n1.property(SPEAKER, "SubState") === "running";
        return isUp && await pidOf(n1, SPEAKER) !== hanging || undefined;
      });
      await untilStatus(n1, SPEAKER, HOLDING);
    });
    const log = await n1.must(["journalctl", "--no-pager", "-u", SPEAKER]);
    assert.match(log, /Watchdog timeout/);
  });

  await t.step("a stop is in order", async () => {
    await ctl("stop", SPEAKER, LEADER);
    for (const unit of [SPEAKER, LEADER]) {
      assert.equal(await n1.property(unit, "Result"), "success");
      const log = await n1.must(["journalctl", "--no-pager", "-o", "cat", "-u", unit]);
      assert.match(log, /"event":"stopped"/);
    }
  });

  await t.step(
    "uninstall.sh leaves nothing but settings, and those neither with --purge",
    async () => {
      await ctl("enable", "--now", SPEAKER);
      await n1.must([`${CLONE}/deploy/systemd/uninstall.sh`]);
      assert.equal(await traces(n1), "/etc/lanlord\n");
      await n1.must([`${CLONE}/deploy/systemd/uninstall.sh`, "--purge"]);
      assert.equal(await traces(n1), "");
      assert.equal(await ctl("list-units", "--all", "--plain", "--no-legend", "lanlord*"), "");
    },
  );
});
