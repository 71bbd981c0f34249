/*
 * Prints what netlink/ writes by hand as the C compiler of a machine lays it out: `structure hex`, one a line,
 * then `constant number` for each CONSTANT(NAME) of names.h. Values that are no known number differ in every
 * byte, so that none can stand in another's place. Padding is zero.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <linux/ipv6.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

#define LINUX_CAPABILITY_VERSION_3 _LINUX_CAPABILITY_VERSION_3

/* What libc.ts assumes of memory that never leaves it. */
#define IS_AT(type, field, offset, size) \
  _Static_assert(offsetof(type, field) == (offset) && sizeof(((type *)0)->field) == (size), \
                 #type "." #field)
_Static_assert(sizeof(struct sock_fprog) == 16, "sock_fprog");
IS_AT(struct sock_fprog, len, 0, 2);
IS_AT(struct sock_fprog, filter, 8, 8);
_Static_assert(sizeof(struct __user_cap_header_struct) == 8, "__user_cap_header_struct");
IS_AT(struct __user_cap_header_struct, version, 0, 4);
IS_AT(struct __user_cap_header_struct, pid, 4, 4);
_Static_assert(sizeof(struct __user_cap_data_struct) == 12, "__user_cap_data_struct");
_Static_assert(_LINUX_CAPABILITY_U32S_3 == 2, "two __user_cap_data_struct");
IS_AT(struct __user_cap_data_struct, effective, 0, 4);
_Static_assert(sizeof(int) == 4 && sizeof(socklen_t) == 4, "i32 and u32 of SYMBOLS");
_Static_assert(sizeof(size_t) == 8 && sizeof(ssize_t) == 8 && sizeof(nfds_t) == 8, "usize, isize");
_Static_assert(sizeof(eventfd_t) == 8, "u64");
_Static_assert(sizeof(void *) == 8, "pointer");

#define INDEX 0x01020304

static const struct sockaddr_nl sockaddr_nl = {
  .nl_family = AF_NETLINK,
  .nl_groups = 1 << (RTNLGRP_LINK - 1) | 1 << (RTNLGRP_IPV6_ROUTE - 1),
};

/* Without htons, which is no constant: ETH_P_ARP, whose octets are 08 06, most significant first. */
static const struct sockaddr_ll sockaddr_ll = {
  .sll_family = AF_PACKET,
  .sll_protocol = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 0x0608 : 0x0806,
  .sll_ifindex = INDEX,
};

static const struct packet_mreq packet_mreq = {
  .mr_ifindex = INDEX,
  .mr_type = PACKET_MR_ALLMULTI,
};

static const struct pollfd pollfd[] = {
  { .fd = 0x11121314, .events = POLLIN },
  { .fd = INDEX, .events = POLLIN },
};

static const struct pollfd pollfd_ready = { .fd = INDEX, .events = POLLIN, .revents = POLLERR };

#define ETHER_TYPE offsetof(struct ethhdr, h_proto)
#define ARP_SENDER_IP (ETH_HLEN + sizeof(struct arphdr) + ETH_ALEN)
#define ARP_TARGET_MAC (ARP_SENDER_IP + 4)
#define IPV6_SOURCE (ETH_HLEN + offsetof(struct ipv6hdr, saddr))
#define NEXT_HEADER (ETH_HLEN + offsetof(struct ipv6hdr, nexthdr))
#define ICMPV6_TYPE (ETH_HLEN + sizeof(struct ipv6hdr) + offsetof(struct icmp6_hdr, icmp6_type))
#define IS(value, jt, jf) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, jt, jf)
#define LOAD(size, at) BPF_STMT(BPF_LD | size | BPF_ABS, at)
#define RETURN(size) BPF_STMT(BPF_RET | BPF_K, size)

static const struct sock_filter arp_filter[] = {
  LOAD(BPF_W, SKF_AD_OFF + SKF_AD_PKTTYPE), IS(PACKET_OUTGOING, 15, 0),
  LOAD(BPF_W, SKF_AD_OFF + SKF_AD_IFINDEX), IS(INDEX, 0, 13),
  LOAD(BPF_W, SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT), IS(0, 0, 11),
  LOAD(BPF_H, ETHER_TYPE), IS(ETH_P_ARP, 0, 9),
  LOAD(BPF_W, SKF_AD_OFF + SKF_AD_PKTTYPE),
  IS(PACKET_BROADCAST, 6, 0), IS(PACKET_MULTICAST, 5, 0), IS(PACKET_OTHERHOST, 4, 0),
  LOAD(BPF_W, ARP_SENDER_IP), IS(0, 0, 2),
  LOAD(BPF_W, ARP_TARGET_MAC), IS(0, 1, 0),
  RETURN(0x40000), RETURN(0),
};

static const struct sock_filter ndp_filter[] = {
  LOAD(BPF_W, SKF_AD_OFF + SKF_AD_PKTTYPE), IS(PACKET_OUTGOING, 22, 0),
  LOAD(BPF_W, SKF_AD_OFF + SKF_AD_IFINDEX), IS(INDEX, 0, 20),
  LOAD(BPF_W, SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT), IS(0, 0, 18),
  LOAD(BPF_H, ETHER_TYPE), IS(ETH_P_IPV6, 0, 16),
  LOAD(BPF_B, NEXT_HEADER), IS(IPPROTO_ICMPV6, 0, 14),
  LOAD(BPF_B, ICMPV6_TYPE), IS(ND_NEIGHBOR_SOLICIT, 1, 0), IS(ND_NEIGHBOR_ADVERT, 0, 11),
  LOAD(BPF_W, SKF_AD_OFF + SKF_AD_PKTTYPE),
  IS(PACKET_BROADCAST, 8, 0), IS(PACKET_MULTICAST, 7, 0), IS(PACKET_OTHERHOST, 6, 0),
  LOAD(BPF_B, ICMPV6_TYPE), IS(ND_NEIGHBOR_SOLICIT, 0, 4),
  LOAD(BPF_W, IPV6_SOURCE), IS(0, 2, 0),
  LOAD(BPF_B, ICMPV6_TYPE), IS(ND_NEIGHBOR_SOLICIT, 1, 0),
  RETURN(0x40000), RETURN(0),
};

static const struct sock_filter arp_filter_of_process[] = {
  LOAD(BPF_W, SKF_AD_OFF + SKF_AD_PKTTYPE), IS(PACKET_OUTGOING, 7, 0),
  LOAD(BPF_W, SKF_AD_OFF + SKF_AD_IFINDEX), IS(INDEX, 0, 5),
  LOAD(BPF_W, SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT), IS(0, 0, 3),
  LOAD(BPF_H, ETHER_TYPE), IS(ETH_P_ARP, 0, 1),
  RETURN(0x40000), RETURN(0),
};

static const struct sock_filter ndp_filter_of_process[] = {
  LOAD(BPF_W, SKF_AD_OFF + SKF_AD_PKTTYPE), IS(PACKET_OUTGOING, 12, 0),
  LOAD(BPF_W, SKF_AD_OFF + SKF_AD_IFINDEX), IS(INDEX, 0, 10),
  LOAD(BPF_W, SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT), IS(0, 0, 8),
  LOAD(BPF_H, ETHER_TYPE), IS(ETH_P_IPV6, 0, 6),
  LOAD(BPF_B, NEXT_HEADER), IS(IPPROTO_ICMPV6, 0, 4),
  LOAD(BPF_B, ICMPV6_TYPE), IS(ND_NEIGHBOR_SOLICIT, 1, 0), IS(ND_NEIGHBOR_ADVERT, 0, 1),
  RETURN(0x40000), RETURN(0),
};

static const struct nlmsghdr nlmsghdr = {
  .nlmsg_len = NLMSG_HDRLEN,
  .nlmsg_type = 0x2122,
  .nlmsg_flags = 0x3334,
  .nlmsg_seq = 0x45464748,
  .nlmsg_pid = 0x595a5b5c,
};

static const struct {
  struct ifinfomsg link;
  struct nlattr name_header;
  char name[NLA_ALIGN(6)];
  struct nlattr mac_header;
  __u8 mac[NLA_ALIGN(ETH_ALEN)];
  struct nlattr master_header;
  __u32 master;
  struct nlattr info_header;
  struct nlattr kind_header;
  char kind[NLA_ALIGN(5)];
} new_link = {
  .link = {
    .ifi_type = ARPHRD_ETHER,
    .ifi_index = INDEX,
    .ifi_flags = IFF_UP | IFF_LOWER_UP | IFF_BROADCAST,
  },
  .name_header = { NLA_HDRLEN + 6, IFLA_IFNAME },
  .name = "lan01",
  .mac_header = { NLA_HDRLEN + ETH_ALEN, IFLA_ADDRESS },
  .mac = { 0x02, 0x61, 0x62, 0x63, 0x64, 0x65 },
  .master_header = { NLA_HDRLEN + 4, IFLA_MASTER },
  .master = 0x71727374,
  .info_header = { NLA_HDRLEN + NLA_HDRLEN + NLA_ALIGN(5), IFLA_LINKINFO | NLA_F_NESTED },
  .kind_header = { NLA_HDRLEN + 5, IFLA_INFO_KIND },
  .kind = "veth",
};

static const struct {
  struct ifinfomsg link;
  struct nlattr mask_header;
  __u32 mask;
} get_links = {
  .mask_header = { NLA_HDRLEN + 4, IFLA_EXT_MASK },
  .mask = RTEXT_FILTER_SKIP_STATS,
};

static const struct {
  struct ifaddrmsg address;
  struct nlattr local_header;
  __u8 local[4];
  struct nlattr address_header;
  __u8 peer[4];
  struct nlattr flags_header;
  __u32 flags;
  struct nlattr cacheinfo_header;
  struct ifa_cacheinfo cacheinfo;
  struct nlattr label_header;
  char label[NLA_ALIGN(6)];
  struct nlattr proto_header;
  __u8 proto[NLA_ALIGN(1)];
} new_address = {
  .address = {
    .ifa_family = AF_INET,
    .ifa_prefixlen = 24,
    .ifa_flags = (__u8)(IFA_F_NODAD | IFA_F_NOPREFIXROUTE),
    .ifa_scope = RT_SCOPE_LINK,
    .ifa_index = INDEX,
  },
  .local_header = { NLA_HDRLEN + 4, IFA_LOCAL },
  .local = { 192, 0, 2, 1 },
  .address_header = { NLA_HDRLEN + 4, IFA_ADDRESS },
  .peer = { 192, 0, 2, 1 },
  .flags_header = { NLA_HDRLEN + 4, IFA_FLAGS },
  .flags = IFA_F_NODAD | IFA_F_NOPREFIXROUTE,
  .cacheinfo_header = { NLA_HDRLEN + sizeof(struct ifa_cacheinfo), IFA_CACHEINFO },
  .cacheinfo = { .ifa_prefered = 0x01121314, .ifa_valid = 0x05262728 },
  .label_header = { NLA_HDRLEN + 6, IFA_LABEL },
  .label = "lan01",
  .proto_header = { NLA_HDRLEN + 1, IFA_PROTO },
  .proto = { 0x77 },
};

/* As with NETLINK_CAP_ACK and NETLINK_EXT_ACK. */
static const struct {
  struct nlmsgerr error;
  struct nlattr text_header;
  char text[NLA_ALIGN(7)];
  struct nlattr offset_header;
  __u32 offset;
} rejection = {
  .error = { .error = -EADDRNOTAVAIL, .msg = { .nlmsg_len = 0x7f7f7f7f } },
  .text_header = { NLA_HDRLEN + 7, NLMSGERR_ATTR_MSG },
  .text = "No way",
  .offset_header = { NLA_HDRLEN + 4, NLMSGERR_ATTR_OFFS },
  .offset = 0x31323334,
};

static void print_bytes(const char *name, const void *memory, size_t size) {
  const unsigned char *bytes = memory;
  printf("%s ", name);
  for (size_t i = 0; i < size; i++) printf("%02x", bytes[i]);
  printf("\n");
}

#define BYTES(variable) print_bytes(#variable, &variable, sizeof(variable));
#define CONSTANT(name) printf("%s %lld\n", #name, (long long)(name));

int main(void) {
  BYTES(sockaddr_nl)
  BYTES(sockaddr_ll)
  BYTES(packet_mreq)
  BYTES(pollfd)
  BYTES(pollfd_ready)
  BYTES(arp_filter)
  BYTES(ndp_filter)
  BYTES(arp_filter_of_process)
  BYTES(ndp_filter_of_process)
  BYTES(nlmsghdr)
  BYTES(new_link)
  BYTES(get_links)
  BYTES(new_address)
  BYTES(rejection)
#include "names.h"
  return 0;
}
