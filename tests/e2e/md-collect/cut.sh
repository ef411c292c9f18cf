# A transfer that is cut leaves nothing in the spool, and is resumed; so is one whose collector was killed.
set -eu
# shellcheck source=tests/e2e/md-collect/sshd.inc
. "$MD_TESTS/md-collect/sshd.inc"
collect() {
  code=0
  "$MD_SOURCE/scripts/md-collect" -v "$@" >out 2>err || code=$?
  grep 'cannot collect' err | sed "s/ (rsync: [0-9]*)//" || :
  echo "exit $code"
}
# The connection ends after so many reads of what the host sends.
sed '1i\
ProxyCommand setsid -w sh ssh/proxy %p' "$ssh_config" >ssh/cut
cat >ssh/proxy <<END
ssh -F $ssh_config -p \$1 -W 127.0.0.1:\$1 127.0.0.1 | { dd bs=4096 count=700 2>/dev/null; kill 0; }
END
mkdir -p a/binance
# What no compression shortens.
openssl rand 8000000 >a/binance/2024-01-31T120000Z.ndjson.zst
openssl rand 1000 >a/binance/2024-01-31T130000Z.ndjson.zst
mkdir host
mv a host/
echo "a 127.0.0.1:$port $PWD/host -F $ssh_config" >whole
echo "a 127.0.0.1:$port $PWD/host -F $PWD/ssh/cut" >short

collect short spool
find spool -name '*Z.ndjson.zst' ! -path '*/.partial/*' ! -size 1
[ "$(find spool -path '*/.partial/*' -size +1000k | wc -l)" = 1 ] && echo 'what came is kept for the next time'
collect whole spool
(cd host && find . -type f -exec cmp {} ../spool/{} \;)
sed 's/([0-9]* received)/(...)/' out
received=$(sed -n 's/.*(\([0-9]*\) received).*/\1/p' out)
[ "$received" -lt 6500000 ] && echo 'and was not fetched again'
find spool/.collect/hosts -type f

# Killed while it fetches: nothing that is not whole is in the spool.
openssl rand 30000000 >host/a/binance/2024-01-31T140000Z.ndjson.zst
setsid "$MD_SOURCE/scripts/md-collect" whole spool 2>/dev/null &
collector=$!
tries=0
until [ -n "$(find spool/.collect/hosts -type f)" ] || ! kill -0 $collector 2>/dev/null; do
  tries=$((tries + 1))
  [ $tries -lt 3000 ] || { echo 'it fetches nothing' >&2; exit 1; }
done
kill -s KILL -- -$collector 2>/dev/null || :
{ wait $collector || :; } 2>/dev/null
for file in spool/a/binance/*; do cmp "$file" host/"${file#spool/}"; done
collect whole spool
(cd host && find . -type f -exec cmp {} ../spool/{} \;)
