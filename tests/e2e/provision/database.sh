# A database host in a directory: its files, which PostgreSQL and pgBackRest accept; --check then finds nothing to do. The roles are
# made in a server, whatever the names and passwords.
set -eu
# shellcheck source=tests/e2e/provision/playbook.inc
. "$MD_TESTS/provision/playbook.inc"
for tool in psql pgbackrest; do command -v $tool >/dev/null || { echo "$tool is not installed" >&2; exit 77; }; done

cat >inventory.yml <<END
all:
  children:
    recorders:
      hosts:
        a: {ansible_host: 192.0.2.11}
        b: {ansible_host: 192.0.2.12, md_ssh_port: 2222}
    databases:
      hosts:
        database:
          md_root: $PWD/root
          md_database_memory: 8192
          md_database_clients: [192.0.2.0/24, "2001:db8::/32"]
          md_database_settings: {log_line_prefix: "it's %m "}
          md_backup_options: {repo2-type: s3, repo2-path: /md, repo2-s3-bucket: b, repo2-s3-endpoint: localhost,
                              repo2-s3-region: r, repo2-s3-key: k, repo2-s3-key-secret: hidden}
          md_nightly_more: {MD_REMOTE: "offsite:it's \$here"}
END
# The recorders of this inventory are somewhere else, and what all hosts have is the other case's.
mkdir -p root/etc/cron.d root/etc/mdtools root/etc/sysctl.d root/etc/tmpfiles.d root/var/lib/mdtools
play() { ansible-playbook -i inventory.yml -c local --limit databases --skip-tags common "$@" "$provision/site.yml" 2>&1; }
play_and check
if grep -l hidden first check; then echo 'a secret was printed'; fi

cat root/etc/mdtools/hosts
# shellcheck disable=SC1091 # made by the playbook
(. root/etc/mdtools/nightly.conf && printf '%s\n' "$MD_DSN" "$MD_REMOTE")
pgbackrest --config="$PWD/root/etc/pgbackrest.conf" --stanza=main --repo1-path="$PWD/none" --log-level-file=off --repo=1 info

dsn=$("$MD_SOURCE/scripts/pg-local" start cluster)
trap '"$MD_SOURCE/scripts/pg-local" stop cluster' EXIT
# render NAME: a template as Ansible would, with a password and a name that are hard to quote.
render() {
  python3 - "$provision/roles/database/templates" "$1.j2" >"$1" <<'END'
import jinja2, sys
loader = jinja2.FileSystemLoader(sys.argv[1])
print(jinja2.Environment(loader=loader, trim_blocks=True, undefined=jinja2.StrictUndefined).get_template(sys.argv[2]).render(
    md_database_memory=8192, md_database_settings={"log_line_prefix": "it's %m "}, md_database_passwords=True,
    md_database_peers=[{"name": "mdtools", "group": "md_loader"}],
    md_database_users=[{"name": "Odd\"na'me", "group": "md_reader", "password": "it's \\ :secret"}]))
END
}
render bulk.conf
for profile in root/etc/postgresql/15/main/conf.d/60-profile.conf bulk.conf; do
  mkdir -p settings
  cat root/etc/postgresql/15/main/conf.d/50-mdtools.conf "$profile" >settings/postgresql.conf
  : >settings/postgresql.auto.conf
  chmod 755 settings
  "$MD_SOURCE/scripts/pg-local" run cluster postgres -C shared_buffers -D "$PWD/settings"
  "$MD_SOURCE/scripts/pg-local" run cluster postgres -C synchronous_commit -D "$PWD/settings"
done
# The server reads the file anew for this view, and obeys the old one.
cat root/etc/postgresql/15/main/pg_hba.conf >cluster/data/pg_hba.conf
psql -X -A -t -d "$dsn" -c 'SELECT type, database, user_name, address, auth_method, error FROM pg_hba_file_rules'

render roles.sql
psql -X -q -d "$dsn" -v ON_ERROR_STOP=1 -f roles.sql
psql -X -q -d "$dsn" -v ON_ERROR_STOP=1 -f roles.sql
psql -X -A -t -d "$dsn" -c "SELECT r.rolname, r.rolcanlogin, left(a.rolpassword, 13), string_agg(g.rolname, ',')
  FROM pg_roles r JOIN pg_authid a USING (oid) LEFT JOIN pg_auth_members m ON m.member = r.oid
  LEFT JOIN pg_roles g ON g.oid = m.roleid WHERE r.rolname !~ '^(pg_|md\$)' GROUP BY 1, 2, 3 ORDER BY 1"
