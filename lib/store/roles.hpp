// Roles: md_loader, whose members load, restore, check, migrate and retire, and md_reader, whose
// members read. Neither can log in itself: GRANT md_loader TO somebody.
//
// md_loader owns the schema and all in it. Partitions are made at run time, and only an owner may
// attach, detach or drop one, or add a column: members inherit that right, and need no functions
// that act for them. What a member makes is made in the name of the owner, so that it belongs to
// all members, and to it apply the default privileges that let md_reader read partitions to come.
//
// Hypertables keep their owner, since TimescaleDB runs their policies as the owner, who must be
// able to log in; md_loader may read and write them, and migrating and retiring are the owner's.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "store/database.hpp"
#include "store/schema.hpp"

namespace md::store {

// Makes the roles if they are missing and gives them their rights; without effect where all is so
// already. What this user may not do is given back as statements for an administrator, after which
// `mdload --init` is to be run again; empty = all is done. Changes are made in several
// transactions, each of which may be the last.
Result<std::vector<std::string>> grant_roles(Database& database, Days days);

// Until the end of the transaction that is open, what is made belongs to the owner of the schema.
// permission: this user may not act for that one.
Result<void> act_as_owner(Database& database);

}  // namespace md::store
