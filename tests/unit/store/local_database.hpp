// A PostgreSQL of the test's own (scripts/pg-local), with the schema md in it.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <string>

#include "store/database.hpp"
#include "store/schema.hpp"

namespace md::store {

class LocalDatabase : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = "/tmp/md-store-test.XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
    options_.dsn = run("start");
    if (options_.dsn.empty()) GTEST_SKIP() << "scripts/pg-local cannot start PostgreSQL here";
    Database database = connect();
    const auto schema = migrate(database, std::nullopt, "test 1");
    ASSERT_TRUE(schema) << schema.error().message;
    schema_ = *schema;
  }
  void TearDown() override {
    run("stop");
    std::filesystem::remove_all(directory_);
  }

  Database connect() const { return Database::connect(options_).value(); }

  ConnectOptions options_;
  Schema schema_;

 private:
  // What scripts/pg-local prints; "" if it fails.
  std::string run(const std::string& action) const {
    const std::string command =
        MD_SOURCE_DIR "/scripts/pg-local " + action + " " + directory_ + "/pg 2>&1";
    std::FILE* const pipe = ::popen(command.c_str(), "r");
    std::array<char, 1024> text{};
    const std::size_t size = std::fread(text.data(), 1, text.size(), pipe);
    return ::pclose(pipe) == 0 ? std::string(text.data(), size) : std::string();
  }

  std::string directory_;
};

}  // namespace md::store
