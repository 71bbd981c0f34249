#!/bin/sh
# install.sh LANLORD: installs the program, units and settings, for the whole machine; again is an upgrade.
# Starts nothing that does not run, and leaves settings as they are.
set -eu

if [ $# -ne 1 ]; then
  echo "usage: install.sh LANLORD    (the program, as deno task compile writes it)" >&2
  exit 2
fi
program=$1
from=$(dirname -- "$0")
units="lanlord-leader.service lanlord-speaker.service"

if [ "$(id -u)" != 0 ]; then
  echo "Cannot install: want to be root, am user $(id -u)" >&2
  exit 1
fi
if [ ! -f "$program" ]; then
  echo "Cannot install \"$program\": there is no such file" >&2
  exit 1
fi
# Without a folder in its name it would be looked for in PATH.
case $program in
  */*) ;;
  *) program=./$program ;;
esac
if ! "$program" version > /dev/null; then
  echo "Cannot install \"$program\": it does not run on this machine" >&2
  exit 1
fi
if [ -e /usr/bin/lanlord ]; then
  echo "Cannot install: /usr/bin/lanlord is there, from a package" >&2
  exit 1
fi

# Beside the old one and then in its place: a running program cannot be written over.
install -D -m 0755 -- "$program" /usr/local/bin/.lanlord.new
mv -f /usr/local/bin/.lanlord.new /usr/local/bin/lanlord
install -d -m 0755 /etc/lanlord
for role in leader speaker; do
  if [ ! -e "/etc/lanlord/$role.env" ]; then
    install -m 0644 -- "$from/$role.env" "/etc/lanlord/$role.env"
  fi
done
for unit in $units; do
  install -D -m 0644 -- "$from/$unit" "/etc/systemd/system/$unit"
done

if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
  # One that runs goes on as the new version; the node's kernel answers meanwhile.
  for unit in $units; do systemctl try-restart "$unit"; done
fi
/usr/local/bin/lanlord version
for role in leader speaker; do
  if [ ! -e "/etc/lanlord/$role.kubeconfig" ]; then
    echo "lanlord-$role wants /etc/lanlord/$role.kubeconfig, then: systemctl enable --now lanlord-$role"
  fi
done
