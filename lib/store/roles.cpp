#include "store/roles.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>

namespace md::store {
namespace {

// Each statement locks a table, and there may be thousands: not all fit into one transaction.
constexpr int kAtOnce = 100;

// Two that grant the same at once would disturb each other.
constexpr std::string_view kRolesLock = "SELECT pg_advisory_xact_lock(28004, 2)";

// What is still to be done: a statement, and whether this user may. The schema first, for owners of
// tables must be able to create in it.
constexpr std::string_view kOwn = R"sql(
SELECT statement, pg_has_role(owner, 'USAGE') FROM (
  SELECT 1 AS step, format('ALTER SCHEMA md OWNER TO md_loader') AS statement, nspowner AS owner
  FROM pg_namespace WHERE nspname = 'md'
  UNION ALL
  SELECT 2, format('ALTER %s md.%I OWNER TO md_loader',
                   CASE relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END, relname), relowner
  FROM pg_class WHERE relnamespace = 'md'::regnamespace AND relkind IN ('r', 'p', 'v')
  UNION ALL
  SELECT 2, format('ALTER TYPE md.%I OWNER TO md_loader', typname), typowner
  FROM pg_type WHERE typnamespace = 'md'::regnamespace AND typtype = 'e'
  UNION ALL
  SELECT 2, format('ALTER ROUTINE %s OWNER TO md_loader', oid::regprocedure), proowner
  FROM pg_proc WHERE pronamespace = 'md'::regnamespace
) AS work
WHERE owner <> 'md_loader'::regrole ORDER BY step, statement LIMIT {0}
)sql";

// {0} the role, {1} the privileges on tables; md_loader also takes ids from sequences.
constexpr std::string_view kGrant = R"sql(
SELECT statement, pg_has_role(owner, 'USAGE') FROM (
SELECT 1 AS step, 'GRANT USAGE ON SCHEMA md TO {0}' AS statement, nspowner AS owner
FROM pg_namespace WHERE nspname = 'md' AND NOT has_schema_privilege('{0}', oid, 'USAGE')
UNION ALL
SELECT 1, format('GRANT {1} ON md.%I TO {0}', relname), relowner
FROM pg_class WHERE relnamespace = 'md'::regnamespace AND relkind IN ('r', 'p', 'v')
  AND NOT (SELECT bool_and(has_table_privilege('{0}', oid, one))
           FROM regexp_split_to_table('{1}', ', ') AS one)
UNION ALL
SELECT 1, format('GRANT USAGE ON SEQUENCE md.%I TO {0}', relname), relowner
FROM pg_class WHERE relnamespace = 'md'::regnamespace AND relkind = 'S'
  AND '{0}' = 'md_loader'
  AND CASE WHEN relkind = 'S' THEN NOT has_sequence_privilege('{0}', oid, 'USAGE') END
UNION ALL
SELECT 2, format('ALTER DEFAULT PRIVILEGES FOR ROLE %s IN SCHEMA md GRANT {1} ON TABLES TO {0}',
                 nspowner::regrole), nspowner
FROM pg_namespace n WHERE nspname = 'md'
  AND NOT EXISTS (
    SELECT FROM pg_default_acl d, aclexplode(d.defaclacl) a
    WHERE d.defaclnamespace = n.oid AND d.defaclrole = n.nspowner AND d.defaclobjtype = 'r'
      AND a.grantee = '{0}'::regrole)
) AS work ORDER BY step, statement LIMIT {2}
)sql";

std::string grant(std::string_view role, std::string_view privileges) {
  return fmt::format(fmt::runtime(kGrant), role, privileges, kAtOnce);
}

// Queries for the statements that are still to be done, the first one's first.
std::array<std::string, 2> work(Days days) {
  return {days == Days::partitions ? fmt::format(fmt::runtime(kOwn), kAtOnce)
                                   : grant("md_loader", "SELECT, INSERT, UPDATE, DELETE"),
          grant("md_reader", "SELECT")};
}

// Of another database of the same cluster, which has the same roles, --init may run too.
std::string create_role(std::string_view role) {
  return fmt::format(
      "DO $$ BEGIN CREATE ROLE {} NOLOGIN; "
      "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$",
      role);
}

Result<bool> has_roles(Database& database) {
  MD_TRY(const Rows rows, database.query("SELECT to_regrole('md_loader') IS NOT NULL AND"
                                         " to_regrole('md_reader') IS NOT NULL"));
  return rows.boolean(0, 0);
}

// Gives what this user may not do of it.
Result<std::vector<std::string>> make_roles(Database& database) {
  MD_TRY(const Rows me, database.query("SELECT rolsuper OR rolcreaterole FROM pg_roles"
                                       " WHERE rolname = current_user"));
  std::vector<std::string> left;
  for (const std::string_view role : {"md_loader", "md_reader"}) {
    const Parameter names[] = {std::string(role)};
    MD_TRY(const Rows there, database.query("SELECT to_regrole($1) IS NOT NULL", names));
    if (there.boolean(0, 0)) continue;
    if (me.boolean(0, 0)) {
      MD_CHECK(database.execute(create_role(role)));
    } else {
      left.push_back(fmt::format("CREATE ROLE {} NOLOGIN", role));
    }
  }
  return left;
}

// Only a member may give away what is its own.
Result<std::vector<std::string>> join(Database& database) {
  MD_TRY(const Rows me, database.query("SELECT to_regrole('md_loader') IS NOT NULL AND"
                                       " pg_has_role(to_regrole('md_loader'), 'USAGE'),"
                                       " quote_ident(current_user)"));
  if (me.boolean(0, 0)) return std::vector<std::string>{};
  const std::string statement = fmt::format("GRANT md_loader TO {}", me.text(0, 1));
  if (database.execute(statement)) return std::vector<std::string>{};
  return std::vector<std::string>{statement};
}

// Does some of what `query` asks for, and gives the statements; "" = nothing was left to do.
// `refused`: one that this user may not do.
Result<std::string> do_some(Database& database, const std::string& query,
                            std::optional<std::string>& refused) {
  MD_CHECK(database.begin());
  MD_CHECK(database.execute(std::string(kRolesLock)));
  MD_TRY(const Rows rows, database.query(query));
  std::string statements;
  for (int row = 0; row < rows.size() && !refused; ++row) {
    if (!rows.boolean(row, 1)) refused = std::string(rows.text(row, 0));
    statements.append(rows.text(row, 0)).append(";");
  }
  if (!refused) MD_CHECK(database.execute(statements));
  MD_CHECK(database.execute("COMMIT"));
  return statements;
}

// The first statement that this user may not do; nullopt = all are done.
Result<std::optional<std::string>> do_all(Database& database, const std::string& query) {
  std::optional<std::string> refused;
  std::string before;
  while (!refused) {
    auto done = do_some(database, query, refused);
    if (!done) {
      database.abandon();
      return std::move(done).error();
    }
    if (done->empty()) break;
    // PostgreSQL only warns of a grant that grants nothing.
    if (*done == before)
      return Error{Errc::internal, fmt::format("statements without effect: {}", before)};
    before = *std::move(done);
  }
  return refused;
}

Result<bool> all_done(Database& database, Days days) {
  MD_TRY(const bool there, has_roles(database));
  if (!there) return false;
  for (const std::string& query : work(days)) {
    MD_TRY(const Rows rows, database.query(query));
    if (rows.size() != 0) return false;
  }
  return true;
}

}  // namespace

Result<void> act_as_owner(Database& database) {
  MD_CHECK(
      database.query("SELECT set_config('role', pg_get_userbyid(nspowner)::text, true)"
                     " FROM pg_namespace WHERE nspname = 'md'"));
  return {};
}

Result<std::vector<std::string>> grant_roles(Database& database, Days days) {
  std::vector<std::string> left;
  MD_TRY(const bool done, all_done(database, days));
  if (done) return left;
  MD_TRY(left, make_roles(database));
  if (days == Days::partitions) {
    MD_TRY(const std::vector<std::string> more, join(database));
    left.insert(left.end(), more.begin(), more.end());
  }
  if (!left.empty()) return left;
  for (const std::string& query : work(days)) {
    MD_TRY(const std::optional<std::string> refused, do_all(database, query));
    if (refused) return std::vector<std::string>{*refused};
  }
  return left;
}

}  // namespace md::store
