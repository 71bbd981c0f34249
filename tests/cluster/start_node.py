"""Starts a node of the lab that up.py stopped: start_node.py FOLDER NODE, FOLDER being where up.py is.

The node's network outlives its processes, as if only the plug was pulled: so this waits until the kernel
there has let go of every address that a speaker had bound, and says for how long. Then the machine boots,
with an empty disk and its cable in.
"""

import json
import shutil
import subprocess
import sys
import time

folder, node = sys.argv[1:]
sys.path.insert(0, folder)
import up  # noqa: E402

# The kernel lease is of 30 s.
LIMIT_SECONDS = 45

def leased():
    shown = subprocess.run(["ip", "-n", up.ns(node), "-o", "address", "show"], check=True, capture_output=True, text=True)
    return [line.split()[3] for line in shown.stdout.splitlines() if ":lanlord" in line]

def wait_for_the_kernel():
    began = time.monotonic()
    while leased():
        if time.monotonic() - began > LIMIT_SECONDS:
            raise SystemExit(f"{node} still has {', '.join(leased())}")
        time.sleep(0.2)
    print(f"{time.monotonic() - began:.1f}")

def plug_in(nodes):
    up.ip(node, "link", "set", "eth0", "up")
    up.ip(node, "route", "replace", "default", "via", up.GATEWAY)
    for i, other in enumerate(nodes, 1):
        if other != node:
            up.ip(node, "route", "replace", up.pod_cidr(i), "via", up.NODE + other[1:])

def boot(machines):
    logs, disk = up.STATE / "logs" / node, up.STATE / "disks" / node
    shutil.rmtree(disk, ignore_errors=True)
    logs.rename(logs.with_name(f"{node}.until-{time.time():.0f}"))
    up.start_machine(machines, node, "node.sh", cgroups=up.make_cgroups(node), environment={
        "NODE": node, "ADDRESS": up.NODE + node[1:], "POD_CIDR": up.pod_cidr(int(node[1:])), "POD_CIDRS": up.POD_CIDRS,
        "PROXY_MODE": "iptables", "CONTROLLERS": " ".join(up.CONTROLLERS)})

wait_for_the_kernel()
machines = json.loads((up.STATE / "machines.json").read_text())
plug_in(sorted(name for name in machines if name != "lan"))
boot(machines)
