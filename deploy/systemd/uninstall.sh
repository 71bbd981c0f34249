#!/bin/sh
# uninstall.sh [--purge]: stops and removes what install.sh installed. The node's addresses go to other nodes within
# 30 s, or at once where it was drained before. --purge removes /etc/lanlord as well, the kubeconfigs in it too.
set -eu

case ${1-} in
  "" | --purge) ;;
  *)
    echo "usage: uninstall.sh [--purge]" >&2
    exit 2
    ;;
esac
if [ "$(id -u)" != 0 ]; then
  echo "Cannot uninstall: want to be root, am user $(id -u)" >&2
  exit 1
fi
units="lanlord-leader.service lanlord-speaker.service"

for unit in $units; do
  if [ -d /run/systemd/system ] && [ -e "/etc/systemd/system/$unit" ]; then
    systemctl disable --now --quiet "$unit"
  fi
  rm -f "/etc/systemd/system/$unit"
done
rm -f /usr/local/bin/lanlord
# systemd 252 leaves the link, which leads nowhere, and after a watchdog's restart the folder.
rm -rf /run/lanlord /run/private/lanlord
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
  # What a unit that failed leaves in systemd's memory.
  for unit in $units; do systemctl reset-failed "$unit" 2> /dev/null || true; done
fi
if [ "${1-}" = --purge ]; then rm -rf /etc/lanlord; fi
