import type { Json, JsonObject } from "../../kube/types.ts";
import type { Api } from "./api.ts";
import { textAt } from "./json.ts";

/** An answer of the API, decoded. */
export interface Answer {
  readonly status: number;
  readonly body: Json;
  readonly headers: Headers;
}

/** Asks an API in memory: `ask(api, "POST /api/v1/namespaces", { metadata: { name: "a" } })`. */
export async function ask(
  api: Api,
  line: string,
  body?: Json,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const [method = "GET", path = ""] = line.split(" ");
  const response = await api.fetch(`http://api.test${path}`, {
    method,
    headers: { "content-type": "application/json", ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const decoded: Json = JSON.parse(await response.text());
  return { status: response.status, body: decoded, headers: response.headers };
}

/** A running watch of an API in memory. */
export interface WatchReader extends AsyncDisposable {
  /** The next event. @throws Error when the watch has ended */
  next(): Promise<JsonObject>;
  /** The next event as `ADDED whoami`; for errors `ERROR 410`. */
  brief(): Promise<string>;
  /** Whether the server has ended the watch. */
  isEnded(): Promise<boolean>;
}

/** Opens a watch. */
export async function openWatch(
  api: Api,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<WatchReader> {
  const response = await api.fetch(`http://api.test${path}`, { headers });
  if (response.body === null) throw new Error(`Cannot watch "${path}": no body`);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const next = async (): Promise<JsonObject> => {
    while (!text.includes("\n")) {
      const { value, done } = await reader.read();
      if (done) throw new Error("Cannot read the watch: it has ended");
      text += value;
    }
    const end = text.indexOf("\n");
    const event: JsonObject = JSON.parse(text.slice(0, end));
    text = text.slice(end + 1);
    return event;
  };
  return {
    next,
    async brief(): Promise<string> {
      const event = await next();
      const object = event["object"];
      const name = textAt(object, "metadata", "name");
      const code = typeof object === "object" && object !== null && "code" in object
        ? String(object.code)
        : "";
      return `${textAt(event, "type")} ${name}${code}`.trim();
    },
    isEnded: async () => text === "" && (await reader.read()).done,
    [Symbol.asyncDispose]: () => reader.cancel(),
  };
}
