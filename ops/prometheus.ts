/**
 * The part of prom-client that is used, without the rest: its main module also loads a push gateway, worker
 * clusters and HTTP clients, 7 MB of memory in a process on every node.
 */
import type * as client from "prom-client";
import counter from "prom-client/lib/counter.js";
import gauge from "prom-client/lib/gauge.js";
import histogram from "prom-client/lib/histogram.js";
import registry from "prom-client/lib/registry.js";

export type Counter<Label extends string = string> = client.Counter<Label>;
export const Counter: typeof client.Counter = counter;

export type Gauge<Label extends string = string> = client.Gauge<Label>;
export const Gauge: typeof client.Gauge = gauge;

export type Histogram<Label extends string = string> = client.Histogram<Label>;
export const Histogram: typeof client.Histogram = histogram;

export type Registry = client.Registry;
export const Registry: typeof client.Registry = registry;
