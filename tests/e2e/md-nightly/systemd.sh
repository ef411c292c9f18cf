# The units and examples that we ship: systemd understands them, the timer fires twice a day and after a pause, and the settings
# are those that md-nightly reads.
set -eu
for unit in md-nightly.service md-nightly.timer; do
  sed "s,^ExecStart=md-nightly,ExecStart=$MD_SOURCE/scripts/md-nightly," "$MD_SOURCE/systemd/$unit" >$unit
done
if command -v systemd-analyze >/dev/null; then
  systemd-analyze verify --man=no ./md-nightly.service ./md-nightly.timer 2>verify.txt || echo "exit $?"
  grep md-nightly verify.txt || :
  for calendar in $(sed -n 's/^OnCalendar=//p' md-nightly.timer | tr ' ' '_'); do
    systemd-analyze calendar "$(echo "$calendar" | tr _ ' ')" >/dev/null || echo "not a time: $calendar"
  done
fi
grep '^Persistent=' md-nightly.timer
# Each setting of the example is read, and each that is read has a line in the manual.
sed -n 's/^#*\(MD_[A-Z_]*\)=.*/\1/p' "$MD_SOURCE/systemd/nightly.conf" | sort >told
grep -o '{MD_[A-Z_]*[:-]' "$MD_SOURCE/scripts/md-nightly" | tr -d '{:-' | grep -v 'LOCKED\|MD_CONF' | sort -u >settings
comm -3 told settings
while IFS= read -r setting; do
  grep -q "^.It Ev .*$setting" "$MD_SOURCE/man/md-nightly.8" || echo "not in the manual: $setting"
done <settings
sh -eu "$MD_SOURCE/systemd/nightly.conf"
