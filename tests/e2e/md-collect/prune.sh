# Files are removed at the source only if told to, old, closed, and the same on both sides.
set -eu
# shellcheck source=tests/e2e/md-collect/sshd.inc
. "$MD_TESTS/md-collect/sshd.inc"
collect() {
  code=0
  "$MD_SOURCE/scripts/md-collect" -v "$@" >out 2>err || code=$?
  sed "s,$PWD,DIR,g" err
  sed 's/ ([0-9]* received)//' out
  echo "exit $code"
}
left() { (cd host && find . -type f | LC_ALL=C sort); }
mkdir -p host/a/binance
cd host/a/binance
for hour in 10 11 12 13; do echo $hour >2024-01-31T${hour}0000Z.ndjson.zst; done
echo open >2024-01-31T140000Z.ndjson.zst.part
touch -d '10 days ago' ./*T1[0-2]* ./*.part
cd ../../..
echo "a 127.0.0.1:$port $PWD/host -F $ssh_config" >hosts

echo '== nothing, unless told to'
collect hosts spool
left | wc -l
echo '== too old a limit'
collect --prune-after-verified --prune-age 11 hosts spool
echo '== one is damaged here, one there: both are kept'
echo 1x >spool/a/binance/2024-01-31T100000Z.ndjson.zst
touch -r host/a/binance/2024-01-31T100000Z.ndjson.zst spool/a/binance/2024-01-31T100000Z.ndjson.zst
touch -r host/a/binance/2024-01-31T110000Z.ndjson.zst stamp
echo 2x >host/a/binance/2024-01-31T110000Z.ndjson.zst
touch -r stamp host/a/binance/2024-01-31T110000Z.ndjson.zst
collect --prune-after-verified hosts spool
left
echo '== what is here and no more there stays'
collect --prune-after-verified --prune-age 0 hosts spool
left
(cd spool && find . -type f ! -path './.collect/*' | LC_ALL=C sort)
