import type { Json, Kube, KubeCall } from "../../kube/mod.ts";
import { isObject, objectsAt } from "../../kube/json.ts";

/** What came from an API server. */
export interface Reading {
  /** In lists, and by events of watches; bookmarks are none. */
  readonly objects: number;
  /** Of JSON. */
  readonly bytes: number;
}

/** A client that counts what it is told. */
export class Meter implements Kube {
  readonly #kube: Kube;
  #objects = 0;
  #bytes = 0;

  constructor(kube: Kube) {
    this.#kube = kube;
  }

  async request(call: KubeCall, signal: AbortSignal): Promise<Json> {
    const answer = await this.#kube.request(call, signal);
    this.#objects += isObject(answer) ? objectsAt(answer, "items").length : 0;
    this.#note(answer);
    return answer;
  }

  async *stream(call: KubeCall, signal: AbortSignal): AsyncGenerator<Json> {
    for await (const line of this.#kube.stream(call, signal)) {
      const isBookmark = isObject(line) && line["type"] === "BOOKMARK";
      this.#objects += isBookmark ? 0 : 1;
      this.#note(line);
      yield line;
    }
  }

  /** What came since the last time. */
  take(): Reading {
    const reading = { objects: this.#objects, bytes: this.#bytes };
    this.#objects = 0;
    this.#bytes = 0;
    return reading;
  }

  /** API servers write JSON without spaces, as this does. */
  #note(json: Json): void {
    this.#bytes += JSON.stringify(json).length;
  }
}
