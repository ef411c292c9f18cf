# Without a date: yesterday, and every day that something came for since. In which order days are done makes no difference.
set -eu
for program in faketime jq; do
  command -v $program >/dev/null || { echo "$program is not installed" >&2; exit 77; }
done

# trade ID TIME [RECEIVED]: of bitstamp, whose ids are unique.
trade() {
  printf '{"type":"trade","symbol":"btcusd","exchange":"bitstamp","id":"%s","price":1,"amount":2,"side":"buy",' "$1"
  printf '"timestamp":"%sZ","localTimestamp":"%sZ"}\n' "$2" "${3:-$2}"
}
# file RECORDER NAME: a closed file, of what is read.
file() {
  mkdir -p "spool/$1/bitstamp"
  zstd -q >"spool/$1/bitstamp/$2.ndjson.zst"
}
# Recorder a has one file of three days, b began one before midnight and one long after.
for day in 01 02 03; do
  for hour in 00 06 12 18 23; do trade "$day$hour" 2024-03-${day}T$hour:59:30.000000; done
done | file a 2024-03-01T000000Z
{ trade 0118 2024-03-01T18:59:30.000000; trade 011 2024-03-01T23:59:59.999999; trade 021 2024-03-02T00:00:00.000000; } |
  file b 2024-03-01T183000Z
trade 022 2024-03-02T13:00:00.000000 | file b 2024-03-02T130000Z

MD_CONF=/nonexistent MD_SPOOL=spool MD_ARCHIVE=archive MD_REPORTS=reports MD_LOCK=lock MD_KEEP=''
export MD_CONF MD_SPOOL MD_ARCHIVE MD_REPORTS MD_LOCK MD_KEEP
export NO_FAKE_STAT=1
# night LAKE NOW [DATE]: which days were done, and how.
night() {
  code=0
  MD_LAKE=$1 MD_STATE=$1.state faketime -f "$2" "$MD_SOURCE/scripts/md-nightly" ${3:+"$3"} >mail || code=$?
  sed -n 's/^\(2024-[0-9-]*\): /\1 /p' mail
  [ -s mail ] || echo 'nothing to say'
  echo "exit $code"
}
ids() { zstd -dqc "$1"/*/type=trade/*/date=2024-03-"$2".ndjson.zst | sed 's/.*"id":"\([0-9]*\)".*/\1/' | xargs; }

echo '== the first night'
night lake '2024-03-04 03:00:00'
for day in 01 02 03; do ids lake $day; done
echo '== nothing new'
night lake '2024-03-04 15:00:00'

echo '== late: a file that was open, a host that was down, a trade fetched two days later'
{ trade 012 2024-03-01T11:00:00.000000; trade 031 2024-03-03T11:00:00.000000 2024-03-03T11:00:01.000000; } |
  file c 2024-03-03T110000Z
night lake '2024-03-04 16:00:00'
for day in 01 02 03; do ids lake $day; done
night lake '2024-03-04 17:00:00'

echo '== too old to be looked at'
trade 001 2024-01-01T11:00:00.000000 | file c 2024-01-01T110000Z
night lake '2024-03-04 18:00:00'

echo '== the other way round'
for day in 03 01 02; do night other '2024-03-04 19:00:00' 2024-03-$day >/dev/null; done
(cd lake && find . -name '*.zst' | LC_ALL=C sort) >files
(cd other && find . -name '*.zst' | LC_ALL=C sort) | cmp files -
while IFS= read -r file; do zstd -dqc "lake/$file" | cmp - "$(zstd -dqc "other/$file" >want; echo want)"; done <files
echo '== a recorder that has been silent since yesterday is missed'
trade 041 2024-03-04T00:30:00.000000 | file a 2024-03-04T003000Z
night lake '2024-03-05 03:00:00'
sed -n '/^2024-03-04/,$s/^  recorder/&/p' mail
