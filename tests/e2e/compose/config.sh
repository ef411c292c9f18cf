# The compose file is one: its services, who they wait for, and that no secret stands in it. There is no engine to run it.
set -eu
if docker compose version >client 2>&1; then
  compose='docker compose'
elif command -v docker-compose >/dev/null; then
  compose=docker-compose
else
  echo 'neither docker compose nor docker-compose is installed' >&2
  exit 77
fi
cp -r "$MD_SOURCE/scripts/compose" "$MD_SOURCE/systemd" .
cd compose
mkdir -p secrets config
echo hidden-1 >secrets/postgres_password
echo hidden-2 >secrets/loader_password
cp ../systemd/mdrecord.toml config/
$compose config >../all 2>../said || { cat ../said; exit 1; }
$compose config --services | sort
$compose config --volumes | sort
if grep hidden ../all; then echo 'a secret is in the configuration'; fi
# What it takes from the tree is there.
sed -n 's/^COPY \(scripts[^ ]*\).*/\1/p' Dockerfile | while read -r file; do [ -e "$MD_SOURCE/$file" ] || echo "no $file"; done
