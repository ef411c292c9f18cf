# A recorder host in a directory: its files, which the programs that read them accept; a second run changes nothing.
set -eu
# shellcheck source=tests/e2e/provision/playbook.inc
. "$MD_TESTS/provision/playbook.inc"
command -v mdrecord >/dev/null || { echo 'mdrecord is not built' >&2; exit 77; }

mkdir -p release/bin release/lib/systemd/system
printf '#!/bin/sh\n' >release/bin/mdrecord
chmod 755 release/bin/mdrecord
cp "$MD_SOURCE/systemd/mdrecord@.service" release/lib/systemd/system/
tar -C release -czf release.tar.gz .
key='ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE4OlGkn1RsnpNCIrPbEETd8lNwVFYP4GqVGCWzUSa4k collect'
cat >inventory.yml <<END
recorders:
  hosts:
    a:
      md_root: $PWD/root
      md_release: $PWD/release.tar.gz
      md_recorder_venues: [{id: binance, metrics_port: 9464}, {id: kraken}]
      md_collect_public_keys: ["$key"]
      md_ssh_from: [192.0.2.0/24, "2001:db8::/32"]
      md_metrics_from: [192.0.2.40]
END
play_and again check

mdrecord --config root/etc/mdtools/mdrecord.toml --list-venues >venues
sed -n 2p root/etc/mdtools/mdrecord.toml
sed -n '/dport/s/^ *//p' root/etc/nftables.conf
grep -c '^restrict ssh-ed25519' root/var/lib/mdcollect/.ssh/authorized_keys

# Programs that are not there, or may not be asked by this user, are named. The last line says who was.
asked=
# The kernel is asked too, by root alone or in a namespace where we are root.
echo 'table inet probe { }' >probe.nft
for nft in nft 'unshare -rn nft'; do
  if $nft -c -f probe.nft 2>probe.said; then
    $nft -c -f root/etc/nftables.conf
    asked="$asked nft"
    break
  fi
done
if command -v systemd-analyze >/dev/null; then
  mkdir -p units
  cp -r root/etc/systemd/system/mdrecord@binance.service.d units/
  # The program is in the prefix of a host that is not this one.
  sed 's|^ExecStart=mdrecord|ExecStart=/bin/true|' root/usr/local/lib/systemd/system/mdrecord@.service >units/mdrecord@.service
  sed -i 's|^ExecStart=mdrecord|ExecStart=/bin/true|' units/mdrecord@binance.service.d/metrics.conf
  SYSTEMD_UNIT_PATH=$PWD/units: systemd-analyze verify --man=no mdrecord@binance.service
  asked="$asked systemd-analyze"
fi
if command -v chronyd >/dev/null; then
  cat root/etc/chrony/conf.d/mdtools.conf root/etc/chrony/sources.d/mdtools.sources >chrony.conf
  chronyd -p -f chrony.conf >chrony.said
  asked="$asked chronyd"
fi
if command -v ssh-keygen >/dev/null; then
  ssh-keygen -l -f root/var/lib/mdcollect/.ssh/authorized_keys >keys
  asked="$asked ssh-keygen"
fi
echo "asked:$asked"
