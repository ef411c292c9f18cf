# Closed files of several hosts come, whole, once and by rename; what a host cannot give keeps no other out.
set -eu
# shellcheck source=tests/e2e/md-collect/sshd.inc
. "$MD_TESTS/md-collect/sshd.inc"
collect() {
  code=0
  "$MD_SOURCE/scripts/md-collect" "$@" 2>err || code=$?
  sed "s,$PWD,DIR,g; s/$port/PORT/g" err
  echo "exit $code"
}
came() { (cd spool && find . -type f ! -path './.collect/*' | LC_ALL=C sort); }

# file HOST RECORDER NAME: what a recorder wrote.
file() {
  mkdir -p "$1/spool/$2/binance"
  seq 1 "${4:-1000}" | sed "s/^/$2 /" | zstd -q >"$1/spool/$2/binance/$3"
}
file one one 2024-01-31T120000Z.ndjson.zst
file one one 2024-01-31T130000Z.ndjson.zst
file two b 2024-01-31T120000Z.ndjson.zst
file two %2E%20b 2024-01-31T120000Z.ndjson.zst
file three c 2024-01-31T120000Z.ndjson.zst
# What is open, locked or no recording stays where it is.
file one one 2024-01-31T140000Z.ndjson.zst.part
: >one/spool/one/binance/.lock
: >one/spool/one/binance/.reserve
: >one/spool/one/binance/notes.txt
mkdir -p one/spool/one/binance/2024-01-31T150000Z.ndjson.zst one/spool/.hidden/binance
file one .hidden 2024-01-31T120000Z.ndjson.zst
ln -s 2024-01-31T120000Z.ndjson.zst one/spool/one/binance/2024-01-31T160000Z.ndjson.zst
: >one/spool/one/2024-01-31T120000Z.ndjson.zst
me=$(id -un)
cat >hosts <<END
# name  address  spool  options of ssh

one    $me@127.0.0.1:$port  $PWD/one/spool    -F $ssh_config
two    127.0.0.1:$port      $PWD/two/spool/   -o StrictHostKeyChecking=no -F $ssh_config   # again
END

echo '== two hosts'
collect -v hosts spool | sed 's/([0-9]* received)/(...)/'
came
cmp one/spool/one/binance/2024-01-31T130000Z.ndjson.zst spool/one/binance/2024-01-31T130000Z.ndjson.zst
find spool -printf '%p %i %T@\n' | grep ndjson | LC_ALL=C sort >before
echo '== again: nothing is fetched'
collect -v hosts spool | sed 's/([0-9]* received)/(...)/'
find spool -printf '%p %i %T@\n' | grep ndjson | LC_ALL=C sort | cmp before -

echo '== a host that is down, one whose key is not known, one without its spool, one more'
ssh-keygen -q -t ed25519 -N '' -f ssh/other_key
sed "s,known_hosts,other_hosts,g" "$ssh_config" >ssh/other
printf '[127.0.0.1]:%s %s\n' "$port" "$(cut -d ' ' -f 1,2 ssh/other_key.pub)" >ssh/other_hosts
cat >rest <<END
down     127.0.0.1:1      $PWD/one/spool
unknown  127.0.0.1:$port  $PWD/one/spool  -o StrictHostKeyChecking=no -F $PWD/ssh/other
empty    127.0.0.1:$port  $PWD/none       -F $ssh_config
three    127.0.0.1:$port  $PWD/three/spool  -F $ssh_config
END
collect -j 2 rest spool | grep 'cannot\|refused\|verification failed\|change_dir\|exit' | sed 's/ (rsync: [0-9]*)//'
came | grep /c/

echo '== a recorder of the same name elsewhere'
file four c 2024-02-01T120000Z.ndjson.zst
file four d 2024-02-01T120000Z.ndjson.zst
echo "four 127.0.0.1:$port $PWD/four/spool -F $ssh_config" >four.hosts
mkdir -p spool/e
file four e 2024-02-01T120000Z.ndjson.zst
collect four.hosts spool
came | grep 2024-02

echo '== a file that changed after it was collected'
file three c 2024-01-31T120000Z.ndjson.zst 900
collect rest spool | grep 'three\|differ\|exit'
collect rest spool | grep 'three\|differ\|exit'
zstd -dqc spool/c/binance/2024-01-31T120000Z.ndjson.zst | tail -n 1
zstd -dqc spool/.changed/c/binance/2024-01-31T120000Z.ndjson.zst | tail -n 1
rm -r spool/.changed

echo '== one at a time'
flock spool/.collect/lock "$MD_SOURCE/scripts/md-collect" hosts spool 2>&1 | sed "s,$PWD,DIR,"
