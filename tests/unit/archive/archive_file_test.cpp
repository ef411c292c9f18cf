// Archives as files: written whole or not at all, and no byte of them can change unnoticed.
#include "archive/archive_file.hpp"

#include <gmock/gmock.h>

#include <functional>

#include "archive/archive_writer.hpp"
#include "archive/report.hpp"
#include "archive/seal.hpp"
#include "archive/verifier.hpp"
#include "support.hpp"

namespace md::archive {
namespace {

using test::read_file;
using test::Scratch;
using test::write_file;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr Micros kDecember = 1796083200 * kSecond;  // 2026-12-01T00:00:00Z, by date(1)

class ArchiveFileTest : public testing::Test {
 protected:
  // A member of two trades at the beginning and the end of November 2026.
  void add(ArchiveWriter& writer, Manifest& manifest, const std::string& symbol) {
    const std::string csv = row_header(Table::trades) + "x," + symbol +
                            ",1793491200000000,1793491200000001,1,buy,1,2,,false\n" + "x," +
                            symbol + ",1796083199999999,1796083200000001,2,sell,3,4,,false\n";
    const std::string bytes = test::zstd(csv);
    write_file(scratch / "content", bytes);
    Member member;
    member.stream = {Table::trades, "x", symbol};
    member.totals = {2, 2, kDecember - 30 * kDay, kDecember - 1};
    member.bytes = bytes.size();
    member.csv_bytes = csv.size();
    const codec::Fd fd{::open((scratch / "content").c_str(), O_RDONLY)};
    RowReader rows{
        MemberStream{fd.get(), 0, bytes.size(), csv.size(), codec::Compression::zstd, symbol},
        member.stream};
    DayDigests days;
    Event event;
    while (*rows.next(event)) days.add(event);
    member.days = days.days();
    if (spoil) spoil(member);
    ASSERT_TRUE(writer.add(member, fd.get()));
    manifest.members.push_back(member);
    std::filesystem::remove(scratch / "content");
  }
  // An archive with a member for each symbol, sorted by the caller.
  void write(const std::string& path, const std::vector<std::string>& symbols) {
    auto writer = ArchiveWriter::create(path, kDecember, false);
    ASSERT_TRUE(writer) << writer.error().text();
    Manifest manifest{*parse_period("2026-11"), true, {"test 1", {"--month", "2026-11"}}, 0, {}};
    for (const std::string& symbol : symbols) add(*writer, manifest, symbol);
    ASSERT_TRUE(writer->finish(manifest));
  }
  Verdict verdict_of(const std::string& bytes) {
    write_file(scratch / "changed.tar", bytes);
    auto verdict = verify(scratch / "changed.tar", {});
    EXPECT_TRUE(verdict) << verdict.error().text();
    return verdict ? *verdict : Verdict{};
  }

  Scratch scratch;
  std::function<void(Member&)> spoil;  // what the manifest is to say wrongly
};

TEST_F(ArchiveFileTest, GoodOneVerifies) {
  write(scratch / "a.tar", {"A", "B"});
  const auto verdict = verify(scratch / "a.tar", {});
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict_text(*verdict), "OK " + (scratch / "a.tar") + ": 2 members, 4 rows\n");
  EXPECT_THAT(scratch.names(), ElementsAre("a.tar"));
}

// As if by a writer with a fault: the bytes are as they were written, and not what is said of them.
TEST_F(ArchiveFileTest, DigestsOfDaysAreRecomputed) {
  spoil = [](Member& member) { ++member.days[1].digest.sum.low; };
  write(scratch / "a.tar", {"A"});
  const auto verdict = verify(scratch / "a.tar", {});
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict_text(*verdict), "FAILURE " + (scratch / "a.tar") +
                                        ": trades/x/A.csv.zst: digests of its days differ\n");
}

TEST_F(ArchiveFileTest, SameContentSameBytes) {
  write(scratch / "a.tar", {"A", "B"});
  write(scratch / "b.tar", {"A", "B"});
  EXPECT_EQ(read_file(scratch / "a.tar"), read_file(scratch / "b.tar"));
}

// Which member's tar region an offset lies in.
std::string region_at(const Manifest& manifest, std::uint64_t manifest_begin,
                      std::uint64_t seal_begin, std::uint64_t at) {
  for (const Member& member : manifest.members) {
    const std::uint64_t end = member.content().end();
    if (at < end + padding_behind(end)) return member.name();
  }
  EXPECT_GE(at, manifest_begin);
  return std::string{at < seal_begin ? kManifestName : kSealName};
}

TEST_F(ArchiveFileTest, EveryFlippedByteIsNoticedAndItsMemberNamed) {
  // A long name has an extended header, whose padding is under the same protection.
  write(scratch / "a.tar", {"A", std::string(300, 'L')});
  const std::string good = read_file(scratch / "a.tar");
  const auto file = ArchiveFile::open(scratch / "a.tar");
  ASSERT_TRUE(file);
  const std::uint64_t seal_begin = good.size() - kTarEnd - kSealBytes - kTarBlock;
  const Member& last = file->manifest().members.back();
  const std::uint64_t manifest_begin = last.content().end() + padding_behind(last.content().end());
  EXPECT_GT(last.header.region.bytes, kTarBlock);
  const std::string path = scratch / "a.tar";
  const codec::Fd fd{::open(path.c_str(), O_WRONLY)};
  for (std::size_t at = 0; at < good.size(); ++at) {
    const char bad = static_cast<char>(good[at] ^ (1 << (at % 8)));
    ASSERT_EQ(::pwrite(fd.get(), &bad, 1, static_cast<off_t>(at)), 1);
    const auto verdict = verify(path, {});
    ASSERT_EQ(::pwrite(fd.get(), &good[at], 1, static_cast<off_t>(at)), 1);
    ASSERT_TRUE(verdict);
    ASSERT_FALSE(verdict->ok()) << "byte " << at;
    const std::string& named = verdict->faults.front().member;
    // A seal that cannot be recognised is not known to be one.
    const bool title_lost =
        at >= seal_begin + kTarBlock && at < seal_begin + 2 * kTarBlock && named.empty();
    ASSERT_TRUE(title_lost || named == region_at(file->manifest(), manifest_begin, seal_begin, at))
        << "byte " << at << " is of " << named;
  }
  EXPECT_EQ(read_file(path), good);
}

TEST_F(ArchiveFileTest, EveryTruncationIsNoticed) {
  write(scratch / "a.tar", {"A", "B"});
  const std::string good = read_file(scratch / "a.tar");
  for (std::size_t size = 0; size < good.size(); size += 128) {
    ASSERT_FALSE(verdict_of(good.substr(0, size)).ok()) << size << " bytes";
  }
  ASSERT_FALSE(verdict_of(good.substr(0, good.size() - 1)).ok());
  ASSERT_FALSE(verdict_of(good + '\0').ok());
  ASSERT_FALSE(verdict_of(good + std::string(512, '\0')).ok());
}

TEST_F(ArchiveFileTest, CutInsideAMemberNamesIt) {
  write(scratch / "a.tar", {"A", "B"});
  const Verdict verdict = verdict_of(read_file(scratch / "a.tar").substr(0, 512 + 512 + 512 + 20));
  ASSERT_FALSE(verdict.ok());
  std::string all;
  for (const Fault& fault : verdict.faults) all += fault_text(fault) + "\n";
  EXPECT_THAT(all, HasSubstr("trades/x/B.csv.zst: tar is damaged in or behind it"));
  EXPECT_THAT(all, HasSubstr("manifest.json: missing"));
}

// Two archives in one file, as `cat` and `tar -A` make them: the walk names what does not belong.
TEST_F(ArchiveFileTest, AddedMembersAreNamed) {
  write(scratch / "a.tar", {"A"});
  write(scratch / "b.tar", {"B"});
  const std::string one = read_file(scratch / "b.tar");
  const std::string two = read_file(scratch / "a.tar");
  // B without its end, then A: the last seal is A's, and its places are not the file's.
  const Verdict before = verdict_of(one.substr(0, 1024) + two);
  EXPECT_THAT(verdict_text(before), StartsWith("FAILURE"));
  const Verdict behind = verdict_of(two.substr(0, two.size() - kTarEnd) + one.substr(0, 1024) +
                                    std::string(kTarEnd, '\0'));
  ASSERT_FALSE(behind.ok());
  std::string all;
  for (const Fault& fault : behind.faults) all += fault_text(fault) + "\n";
  EXPECT_THAT(all, HasSubstr("trades/x/B.csv.zst: not in the manifest"));
}

TEST_F(ArchiveFileTest, WhatIsNoArchiveIsSaidSo) {
  EXPECT_THAT(verdict_text(verdict_of("")), HasSubstr("tar is damaged at its start"));
  EXPECT_THAT(verdict_text(verdict_of(std::string(20480, 'x'))),
              HasSubstr("tar is damaged at its start"));
  EXPECT_EQ(verify(scratch / "missing", {}).error().code, Errc::not_found);
  EXPECT_EQ(verify(scratch.path(), {}).error().code, Errc::not_found);
}

TEST_F(ArchiveFileTest, UnfinishedLeavesNothing) {
  {
    auto writer = ArchiveWriter::create(scratch / "a.tar", kDecember, false);
    ASSERT_TRUE(writer);
    EXPECT_THAT(scratch.names(), ElementsAre("a.tar.part"));
  }
  EXPECT_THAT(scratch.names(), ElementsAre());
}

TEST_F(ArchiveFileTest, ExistingIsReplacedOnlyIfAsked) {
  write_file(scratch / "a.tar", "precious");
  EXPECT_EQ(ArchiveWriter::create(scratch / "a.tar", kDecember, false).error().code, Errc::exists);
  EXPECT_EQ(read_file(scratch / "a.tar"), "precious");
  {
    auto writer = ArchiveWriter::create(scratch / "a.tar", kDecember, true);
    ASSERT_TRUE(writer);
    ASSERT_TRUE(writer->finish({*parse_period("2026-11"), true, {}, 0, {}}));
  }
  EXPECT_TRUE(ArchiveFile::open(scratch / "a.tar"));
}

// What appeared while we were writing is not replaced either.
TEST_F(ArchiveFileTest, LateComerIsNotReplaced) {
  auto writer = ArchiveWriter::create(scratch / "a.tar", kDecember, false);
  ASSERT_TRUE(writer);
  write_file(scratch / "a.tar", "precious");
  EXPECT_EQ(writer->finish({*parse_period("2026-11"), true, {}, 0, {}}).error().code, Errc::exists);
  EXPECT_EQ(read_file(scratch / "a.tar"), "precious");
}

TEST_F(ArchiveFileTest, TwoWritersDoNotMix) {
  auto first = ArchiveWriter::create(scratch / "a.tar", kDecember, false);
  ASSERT_TRUE(first);
  EXPECT_EQ(ArchiveWriter::create(scratch / "a.tar", kDecember, false).error().code,
            Errc::temporary);
  EXPECT_TRUE(first->finish({*parse_period("2026-11"), true, {}, 0, {}}));
}

TEST_F(ArchiveFileTest, PartOfAKilledWriterIsUsedAnew) {
  write_file(scratch / "a.tar.part", std::string(100000, 'x'));
  write(scratch / "a.tar", {"A"});
  EXPECT_TRUE(verify(scratch / "a.tar", {})->ok());
  EXPECT_THAT(scratch.names(), ElementsAre("a.tar"));
}

}  // namespace
}  // namespace md::archive
