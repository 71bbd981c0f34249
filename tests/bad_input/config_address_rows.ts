import type { BadAddresses } from "./config_rows.ts";

/** Entries of `addresses` that are wrong, in a ConfigMap and in an IPAddressPool alike. */
export const ADDRESS_ROWS: readonly BadAddresses[] = [
  {
    name: "one address without a length",
    entry: "192.168.0.200",
    why: 'need a CIDR or a range, have one address; for that one write "192.168.0.200/32"',
  },
  {
    name: "one IPv6 address without a length",
    entry: "2001:db8::1",
    why: 'need a CIDR or a range, have one address; for that one write "2001:db8::1/128"',
  },
  {
    name: "a word as addresses",
    entry: "home",
    why:
      'need a CIDR such as "192.168.0.0/24" or a range such as "192.168.0.10-192.168.0.20", have "home"',
  },
  {
    name: "nothing as addresses",
    entry: "",
    why:
      'need a CIDR such as "192.168.0.0/24" or a range such as "192.168.0.10-192.168.0.20", have ""',
  },
  {
    name: "a prefix length of 33",
    entry: "192.168.0.0/33",
    why: 'need a prefix length from 1 to 32 for IPv4, have "33"',
  },
  {
    name: "a prefix length that is a mask",
    entry: "192.168.0.0/255.255.255.0",
    why: 'need a prefix length from 1 to 32 for IPv4, have "255.255.255.0"',
  },
  {
    name: "no prefix length",
    entry: "192.168.0.0/",
    why: 'need a prefix length from 1 to 32 for IPv4, have ""',
  },
  {
    name: "an octet of 256",
    entry: "192.168.256.0/24",
    why: 'need four numbers from 0 to 255, have "192.168.256.0"',
  },
  {
    name: "three octets",
    entry: "192.168.0/24",
    why: 'need an IPv4 or IPv6 address, have "192.168.0"',
  },
  {
    name: "leading zeros",
    entry: "192.168.001.0/24",
    why: 'need numbers without leading zeros, have "192.168.001.0"',
  },
  {
    name: "a reversed range",
    entry: "192.168.0.250-192.168.0.200",
    why: 'need the lower address first, as in "192.168.0.200-192.168.0.250"',
  },
  {
    name: "a range of two families",
    entry: "192.168.0.200-2001:db8::1",
    why: "need both ends of one family, have IPv4 and IPv6",
  },
  {
    name: "only the last octet of the end",
    entry: "192.168.0.200-250",
    why: 'as end of the range need an IPv4 or IPv6 address, have "250"',
  },
  {
    name: "a range without a start",
    entry: "-192.168.0.250",
    why: "as start of the range need an address, have nothing",
  },
  {
    name: "a range of CIDRs",
    entry: "10.0.0.0/24-10.0.1.0/24",
    why: "need either a CIDR or a range, have both in one",
  },
  {
    name: "a zone",
    entry: "fe80::1%eth0/64",
    why: 'need an address without a zone, have "fe80::1%eth0"; leave out "%eth0"',
  },
  {
    name: "a zone in a range",
    entry: "fe80::1%eth0-fe80::9%eth0",
    why:
      'as start of the range need an address without a zone, have "fe80::1%eth0"; leave out "%eth0"',
  },
  {
    name: "all of IPv4",
    entry: "0.0.0.0/0",
    why: "need a part of the address space, have all of it",
  },
  {
    name: "all of IPv6",
    entry: "::/0",
    why: "need a part of the address space, have all of it",
  },
  {
    name: "half of IPv4",
    entry: "0.0.0.0/1",
    why:
      'need addresses that a network can deliver, have addresses of 0.0.0.0/8, which mean "this network" (RFC 1122 section 3.2.1.3)',
  },
  {
    name: "loopback",
    entry: "127.0.0.1/32",
    why: "need addresses that a network can deliver, have loopback addresses (127.0.0.0/8)",
  },
  {
    name: "the loopback address of IPv6",
    entry: "::1/128",
    why: "need addresses that a network can deliver, have the loopback address ::1",
  },
  {
    name: "multicast",
    entry: "224.0.0.0/24",
    why: "need addresses that a network can deliver, have multicast addresses (224.0.0.0/4)",
  },
  {
    name: "multicast of IPv6",
    entry: "ff02::1-ff02::2",
    why: "need addresses that a network can deliver, have multicast addresses (ff00::/8)",
  },
  {
    name: "the broadcast address",
    entry: "255.255.255.255/32",
    why: "need addresses that a network can deliver, have the broadcast address 255.255.255.255",
  },
  {
    name: "IPv4-mapped addresses",
    entry: "::ffff:10.0.0.0/120",
    why:
      "need addresses that a network can deliver, have IPv4-mapped addresses (::ffff:0:0/96); write them as IPv4",
  },
];
