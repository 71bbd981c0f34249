import type { BgpPeer } from "./config.ts";
import type { PeerKeys } from "./bgp_keys.ts";
import { parseDuration } from "./duration.ts";
import type { Fields, KeyedSpot, Reader } from "./reader.ts";
import { quote } from "./tree.ts";

/** RFC 4271 section 4.2: the hold time has 16 bits. */
const UINT16_MAX = 0xffff;

const DEFAULT_HOLD_MS = 90_000;

type Timers = Pick<BgpPeer, "holdSeconds" | "keepaliveMs" | "connectSeconds">;

/** A duration and where it stands. */
interface Duration {
  readonly spot: KeyedSpot;
  readonly text: string;
  readonly ms: number;
}

/**
 * Reads the timers of a session: the hold time is 0 or at least three seconds, the keepalive time at most that
 * (RFC 4271 section 4.2, fractions of a second are dropped). One follows from the other, a third or three times;
 * in a ConfigMap the hold time that is left out is always 90 s.
 */
export function readTimers(reader: Reader, fields: Fields, keys: PeerKeys): Timers {
  const hold = readDuration(reader, fields, keys.holdTime);
  const keepalive = readDuration(reader, fields, keys.keepaliveTime);
  const isThrice = reader.dialect !== "configmap" && hold === undefined && keepalive !== undefined;
  const holdMs = isThrice ? 3 * keepalive.ms : hold?.ms ?? DEFAULT_HOLD_MS;
  const holdSeconds = Math.trunc(holdMs / 1_000);
  const keepaliveMs = keepalive?.ms ?? holdSeconds * 1_000 / 3;
  const isPossible = holdSeconds === 0 || (3 <= holdSeconds && holdSeconds <= UINT16_MAX);
  if (!isPossible) refuseHold(reader, hold ?? keepalive, isThrice, holdSeconds);
  else if (keepalive !== undefined && !isThrice && keepaliveMs > holdSeconds * 1_000) {
    refuseKeepalive(reader, keepalive, holdSeconds);
  }
  return { holdSeconds, keepaliveMs, connectSeconds: readConnectTime(reader, fields, keys) };
}

function refuseHold(
  reader: Reader,
  from: Duration | undefined,
  isThrice: boolean,
  seconds: number,
): void {
  if (from === undefined) return;
  const { spot, text } = from;
  const want = seconds < 3 ? "0 or at least 3s" : `at most ${UINT16_MAX}s`;
  const whose = isThrice ? " as the hold time, three times this," : "";
  reader.error(spot, `Cannot use ${quote(spot.key)}: need${whose} ${want}, have ${text}`);
}

function refuseKeepalive(reader: Reader, { spot, text }: Duration, holdSeconds: number): void {
  reader.error(
    spot,
    `Cannot use ${quote(spot.key)}: need at most the hold time ${holdSeconds}s, have ${text}`,
  );
}

function readConnectTime(reader: Reader, fields: Fields, keys: PeerKeys): number | undefined {
  const connect = readDuration(reader, fields, keys.connectTime);
  if (connect === undefined) return undefined;
  const seconds = connect.ms / 1_000;
  if (Number.isInteger(seconds) && 1 <= seconds && seconds <= UINT16_MAX) return seconds;
  reader.error(
    connect.spot,
    `Cannot use ${quote(connect.spot.key)}: need whole seconds from 1s to ${UINT16_MAX}s, ` +
      `have ${connect.text}`,
  );
  return undefined;
}

function readDuration(
  reader: Reader,
  fields: Fields,
  key: string | undefined,
): Duration | undefined {
  const spot = key === undefined ? undefined : fields.get(key);
  const text = reader.text(spot);
  if (spot === undefined || text === undefined) return undefined;
  const ms = parseDuration(text);
  if (ms !== undefined && ms >= 0) return { spot, text, ms };
  reader.error(
    spot,
    `Cannot read ${quote(spot.key)}: need a duration such as 90s or 1m30s, have ${quote(text)}`,
  );
  return undefined;
}
