import { blocksFor } from "../docs/blocks.ts";
import { judge, shellWords, titleOf } from "../docs/judge.ts";
import { API_URL } from "../kernel/speaker_lan.ts";
import { kubeconfigText } from "../kubeconfig.ts";
import { testWith } from "../needs.ts";
import { CLONE, openStage } from "./stage.ts";

testWith(
  ["netns", "systemd", "compiled"],
  "commands for systemd do what their pages say",
  async (t) => {
    await using stage = await openStage();
    const { n1 } = stage;
    for (const role of ["leader", "speaker"]) {
      await n1.must(["tee", `${CLONE}/${role}.kubeconfig`], kubeconfigText(API_URL));
    }
    for (const block of await blocksFor("systemd")) {
      await t.step(titleOf(block), async () => {
        judge(block, await n1.run(["env", "-C", CLONE, ...shellWords(block)]));
      });
    }
  },
);
