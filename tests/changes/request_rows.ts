import { serviceOf } from "../../controller/testing.ts";
import { type Change, LAN, LAST, TWO } from "./changes.ts";

const POOL = "metallb.io/address-pool";
const IPS = "metallb.io/loadBalancerIPs";

/** A live Service asks for something else, or its status is edited. */
export const REQUEST_ROWS: readonly Change[] = [
  {
    name: "another address, free",
    config: LAN,
    services: [serviceOf({ name: "x" })],
    edits: { x: { loadBalancerIP: "10.0.0.7" } },
    want: { x: "10.0.0.7 lan" },
    told: ["IPAllocated: 10.0.0.7"],
  },
  {
    name: "another address, taken",
    config: LAN,
    services: [serviceOf({ name: "x" }), serviceOf({ name: "y" })],
    edits: { x: { loadBalancerIP: "10.0.0.2" } },
    want: { x: "10.0.0.1 lan", y: "10.0.0.2 lan" },
    told: ["AllocationFailed: address also in use by default/y; keeping 10.0.0.1"],
  },
  {
    name: "another address, in no pool",
    config: LAN,
    services: [serviceOf({ name: "x" })],
    edits: { x: { loadBalancerIP: "172.16.0.1" } },
    want: { x: "10.0.0.1 lan" },
    told: ['AllocationFailed: "172.16.0.1" is not allowed in config; keeping 10.0.0.1'],
  },
  {
    name: "another address, which is none",
    config: LAN,
    services: [serviceOf({ name: "x" })],
    edits: { x: { loadBalancerIP: "10.0.0" } },
    want: { x: "10.0.0.1 lan" },
    told: ['LoadBalancerFailed: invalid spec.loadBalancerIP "10.0.0"; keeping 10.0.0.1'],
  },
  {
    name: "the address that it has",
    config: LAN,
    services: [serviceOf({ name: "x" })],
    edits: { x: { annotations: { [IPS]: "10.0.0.1" } } },
    want: { x: "10.0.0.1 lan" },
  },
  {
    name: "by the field and by the annotation",
    config: LAN,
    services: [serviceOf({ name: "x", loadBalancerIP: "10.0.0.3" })],
    edits: { x: { annotations: { [IPS]: "10.0.0.4" } } },
    want: { x: "10.0.0.3 lan" },
    told: ["LoadBalancerFailed: service can not have both metallb.io/loadBalancerIPs and svc.Spec"],
  },
  {
    name: "no address any more",
    config: LAN,
    services: [serviceOf({ name: "x", loadBalancerIP: "10.0.0.7" })],
    edits: { x: { loadBalancerIP: undefined } },
    want: { x: "10.0.0.7 lan" },
  },
  {
    name: "another pool",
    config: TWO,
    services: [serviceOf({ name: "x" })],
    edits: { x: { annotations: { [POOL]: "b" } } },
    want: { x: "10.0.2.1 b" },
    told: ["IPAllocated: 10.0.2.1"],
  },
  {
    name: "another pool, which is full",
    config: TWO,
    services: [
      serviceOf({ name: "x" }),
      serviceOf({ name: "y", age: 1, annotations: { [POOL]: "b" } }),
    ],
    edits: { x: { annotations: { [POOL]: "b" } } },
    want: { x: "10.0.1.1 a", y: "10.0.2.1 b" },
    told: ['AllocationFailed: no available IPs in pool "b"; keeping 10.0.1.1'],
  },
  {
    name: "another pool, which contradicts the address",
    config: TWO,
    services: [serviceOf({ name: "x", loadBalancerIP: "10.0.1.2" })],
    edits: { x: { annotations: { [POOL]: "b" } } },
    want: { x: "10.0.1.2 a" },
    told: ["AllocationFailed: is not compatible with requested address pool b; keeping 10.0.1.2"],
  },
  {
    name: "no pool any more",
    config: TWO,
    services: [serviceOf({ name: "x", annotations: { [POOL]: "b" } })],
    edits: { x: { annotations: { [POOL]: undefined } } },
    want: { x: "10.0.2.1 b" },
  },
  {
    name: "another type; what that frees goes to the one that waits",
    config: LAST,
    services: [serviceOf({ name: "x" }), serviceOf({ name: "y", age: 1 })],
    edits: { x: { type: "ClusterIP" } },
    want: { x: "", y: "10.0.0.1 lan" },
    told: ["IPAllocated: 10.0.0.1"],
  },
  {
    name: "the status, cleared by hand",
    config: LAN,
    services: [serviceOf({ name: "x" })],
    edits: { x: { ingress: [] } },
    want: { x: "10.0.0.1 lan" },
    told: ["IPAllocated: 10.0.0.1"],
  },
  {
    name: "the status, written by hand: a free address of a pool",
    config: LAN,
    services: [serviceOf({ name: "x" })],
    edits: { x: { ingress: [{ ip: "10.0.0.8", hostname: undefined }] } },
    want: { x: "10.0.0.8 lan" },
  },
  {
    name: "the status, written by hand: an address of another Service",
    config: LAN,
    services: [serviceOf({ name: "x" }), serviceOf({ name: "y", age: 1 })],
    edits: { y: { ingress: [{ ip: "10.0.0.1", hostname: undefined }] } },
    want: { x: "10.0.0.1 lan", y: "10.0.0.2 lan" },
    told: ["ClearAssignment: also in use by default/x", "IPAllocated: 10.0.0.2"],
  },
];
