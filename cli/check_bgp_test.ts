import { deepEqual, equal } from "node:assert/strict";
import { check } from "./check.ts";

const MANIFEST = `apiVersion: metallb.io/v1beta1
kind: BGPPeer
metadata: { name: old }
spec: { myASN: 64500, peerASN: 64501, peerAddress: 10.0.0.1, bfdProfile: slow, vrf: red }
---
apiVersion: metallb.io/v1beta2
kind: BGPPeer
metadata: { name: new }
spec:
  myASN: 64500
  peerASN: 64500
  peerAddress: 10.0.0.1
  holdTime: 2s
---
apiVersion: metallb.io/v1beta1
kind: BGPAdvertisement
metadata: { name: ad }
spec:
  communities: [vpn, "1:65536"]
---
apiVersion: metallb.io/v1beta1
kind: Community
metadata: { name: names }
spec: { communities: [{ name: vpn, value: "1:1" }] }
---
apiVersion: metallb.io/v1beta2
kind: Community
metadata: { name: newer }
---
apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata: { name: other }
---
apiVersion: metallb.io/v1beta1
kind: ConfigurationState
metadata: { name: controller }
`;

Deno.test("check reads the kinds about BGP, in each version, and no other group's", async () => {
  const stdout: string[] = [];
  const code = await check(["bgp.yaml"], {
    stdout: (line) => stdout.push(line),
    stderr: (line) => stdout.push(line),
    env: () => undefined,
    isTerminal: false,
    hostname: "test",
    signal: new AbortController().signal,
  }, () => Promise.resolve(MANIFEST));
  equal(code, 1);
  deepEqual(stdout, [
    'bgp.yaml:4:80: error: Cannot use key "vrf" of BGPPeer "old": not known, known are myASN, ' +
    "peerASN, peerAddress, sourceAddress, peerPort, holdTime, keepaliveTime, routerID, " +
    "nodeSelectors, password, bfdProfile, ebgpMultiHop",
    'bgp.yaml:13:13: error: Cannot use "holdTime": need 0 or at least 3s, have 2s',
    'bgp.yaml:19:22: error: Cannot read community "1:65536": need two numbers from 0 to 65535 ' +
    'such as "64512:100", or a large community of three numbers from 0 to 4294967295 such as ' +
    '"large:64512:1:100"',
    'bgp.yaml:26:13: error: Cannot read Community: need apiVersion "metallb.io/v1beta1", have ' +
    '"metallb.io/v1beta2"',
    "bgp.yaml:34:1: warning: A ConfigurationState is written by leader and speakers, and " +
    "configures nothing",
    "6 objects checked, 1 object of other kinds skipped, 4 errors, 1 warning",
  ]);
});
