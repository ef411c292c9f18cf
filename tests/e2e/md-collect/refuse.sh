# What cannot be a host is refused before anything is done, with file and line; what cannot be done is said.
set -eu
command -v rsync >/dev/null || { echo 'rsync is not installed' >&2; exit 77; }
collect() {
  code=0
  "$MD_SOURCE/scripts/md-collect" "$@" 2>&1 || code=$?
  echo "exit $code"
}
collect
collect hosts
collect -x hosts spool
collect -j 0 hosts spool
collect --prune-age x hosts spool
collect none spool
cat >hosts <<'END'
# fine
a        example.org            /spool
b        me@[::1]:22            /spool    -i key -oUser=x -4
# not
../c     example.org            /spool
.d       example.org            /spool
a        example.org            /spool
e        -oProxyCommand=x       /spool
f        example.org:0          /spool
g        example.org:70000      /spool
h        me@x@y                 /spool
i        example.org            spool
j        example.org            /spool/../etc
k        example.org            /sp;ool
l        example.org            /spool    reboot
m        example.org            /spool    -o
n        example.org            /spool    -o ProxyCommand=$(x)
o        example.org            /spool    -R 1:x:2
p        example.org
q        ::1                    /spool
END
printf 'r\033[1m example.org /spool\n' >>hosts
collect hosts spool | cat -v
find spool -mindepth 1 | LC_ALL=C sort
echo '# nobody' >hosts
collect hosts spool
: >file
collect hosts file 2>&1 | tail -n 2
collect --help | head -n 3
