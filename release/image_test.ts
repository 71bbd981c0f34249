import assert from "node:assert/strict";
import { VERSION } from "../cli/version.ts";
import { IMAGE_NAME } from "./sbom.ts";

const ROOT = new URL("..", import.meta.url).pathname;

Deno.test("the Dockerfile without arguments names this version", async () => {
  const dockerfile = await Deno.readTextFile(`${ROOT}Dockerfile`);
  assert.equal(/^ARG VERSION=(.+)$/m.exec(dockerfile)?.[1], VERSION);
});

Deno.test("the manifest names the image that is made", async () => {
  const manifest = await Deno.readTextFile(`${ROOT}deploy/lanlord.yaml`);
  const images = [...manifest.matchAll(/^ +image: (.+)$/gm)].map(([, image]) => image);
  assert.deepEqual(new Set(images), new Set([`${IMAGE_NAME}:${VERSION}`]));
});
