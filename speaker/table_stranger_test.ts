/** What it means to a table that a stranger uses an address. */
import assert from "node:assert/strict";
import { parseIp } from "../ip/address.ts";
import { arpAnnouncements, arpProbe, arpReply } from "./arp.ts";
