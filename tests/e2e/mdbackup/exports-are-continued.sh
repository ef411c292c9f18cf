# An export that was killed is continued: members that were made are not made again, and the archive has the bytes that it
# would have had at once.
set -eu

mkdir lake
for symbol in A B C D; do
  mkdir -p "lake/exchange=x/type=trade/symbol=$symbol"
  awk -v symbol=$symbol -v rows=$([ $symbol = D ] && echo 300000 || echo 10) 'BEGIN {
    for (i = 0; i < rows; ++i)
      printf "{\"type\":\"trade\",\"symbol\":\"%s\",\"exchange\":\"x\",\"id\":\"%d\",\"price\":1,\"amount\":2,\"side\":\"buy\"," \
             "\"timestamp\":\"2025-11-02T00:00:00.000000Z\",\"localTimestamp\":\"2025-11-02T00:00:00.000000Z\"}\n", symbol, i
  }' | zstd -q -o "lake/exchange=x/type=trade/symbol=$symbol/date=2025-11-02.ndjson.zst"
done
mdbackup export --lake lake --month 2025-11 -o whole.tar

parts=2025-11.tar.parts
mdbackup export --lake lake --month 2025-11 &
export_pid=$!
# C is finished, D is being made.
until [ -e "$parts/trades%2Fx%2FC.csv.zst.json" ]; do sleep 0.02; done
kill -KILL $export_pid
wait $export_pid 2>/dev/null || echo "killed"
[ ! -e 2025-11.tar ] || echo "there is an archive"
# One whose source changed since is made again, and one that was damaged.
touch -d 2025-12-24 lake/exchange=x/type=trade/symbol=B/*
printf x >>"$parts/trades%2Fx%2FC.csv.zst"
mdbackup export -v -j 2 --lake lake --month 2025-11
cmp whole.tar 2025-11.tar
ls
