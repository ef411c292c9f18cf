# The unit and the configuration that we ship fit the program: the command of the unit is understood, and each table of the
# example is of a venue and types that there are. What chooses from a market list needs the venue, and says so.
set -eu
unit=$MD_SOURCE/systemd/mdrecord@.service
config=$MD_SOURCE/systemd/mdrecord.toml
sed -n 's/^\[venue\.\(.*\)\]$/\1/p' "$config" | while read -r venue; do
  sed -n "s,^ExecStart=\(.*\),\1 --exact --plan,p" "$unit" | sed "s,/etc/mdtools/mdrecord.toml,$config,; s/%i/$venue/" >run
  sh ./run >plan.txt 2>error.txt </dev/null || { sed 's/^time=[^ ]* //' error.txt; continue; }
  grep -E '^(venue|symbols)' plan.txt
done
sed -n 's/^RestartPreventExitStatus=//p' "$unit"
if command -v systemd-analyze >/dev/null; then
  sed "s,^ExecStart=mdrecord,ExecStart=$(command -v mdrecord)," "$unit" >mdrecord@.service
  systemd-analyze verify --man=no ./mdrecord@binance.service 2>verify.txt || cat verify.txt
fi
