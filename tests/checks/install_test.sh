#!/bin/sh
# What `cmake --install` puts on a machine: every program with its page, the pages of sections 5, 7 and 8, the nightly jobs,
# the drill, the services and their examples, the documents; and nothing else.
#
# usage: install_test.sh SOURCE_DIR BUILD_DIR
set -eu

scratch=$(mktemp -d "${TMPDIR:-/tmp}/md-install.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
cmake --install "$2" --prefix "$scratch/root" >"$scratch/log" 2>&1 || { cat "$scratch/log"; exit 1; }
(cd "$scratch/root" && find . -type f | sort) >"$scratch/found"
{
  for source in "$1"/tools/*.cpp; do
    tool=$(basename "$source" .cpp)
    printf './bin/%s\n./share/man/man1/%s.1\n' "$tool" "$tool"
  done
  for page in "$1"/man/*.[578]; do printf './share/man/man%s/%s\n' "${page##*.}" "$(basename "$page")"; done
  printf '%s\n' ./bin/md-pitr-drill ./libexec/mdtools/pg-local ./share/mdtools/pgbackrest.conf ./share/mdtools/cron/pgbackrest
  printf '%s\n' ./bin/md-collect ./bin/md-nightly ./share/mdtools/cron/mdtools ./share/mdtools/mdrecord.toml \
    ./share/mdtools/nightly.conf ./share/mdtools/hosts.example ./lib/systemd/system/mdrecord@.service \
    ./lib/systemd/system/md-nightly.service ./lib/systemd/system/md-nightly.timer ./share/doc/mdtools/LICENSE ./share/doc/mdtools/README.md \
    ./share/doc/mdtools/CHANGELOG.md
} | sort >"$scratch/wanted"
diff "$scratch/wanted" "$scratch/found"
