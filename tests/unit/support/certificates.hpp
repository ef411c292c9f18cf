// A certificate authority that lives as long as a test: made by openssl(1) in a scratch directory.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace md::test {

class Certificates {
 public:
  Certificates() {
    std::string name = (std::filesystem::temp_directory_path() / "md-certificates-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
    openssl(
        "-keyout ca.key -out ca.pem -subj /CN=test-authority -addext "
        "basicConstraints=critical,CA:TRUE");
  }
  Certificates(const Certificates&) = delete;
  Certificates& operator=(const Certificates&) = delete;
  ~Certificates() { std::filesystem::remove_all(directory_); }

  // `names` as in "DNS:localhost,IP:127.0.0.1". Gives the certificate's file; key_of() gives its
  // key's.
  std::string issue(const std::string& file, const std::string& names) {
    openssl(
        fmt::format("-CA ca.pem -CAkey ca.key -keyout {0}.key -out {0}.pem -subj /CN=server "
                    "-addext subjectAltName={1} "
                    "-addext basicConstraints=critical,CA:FALSE",
                    file, names));
    return path(file + ".pem");
  }
  std::string key_of(const std::string& file) const { return path(file + ".key"); }
  std::string authority() const { return path("ca.pem"); }
  std::string path(const std::string& file) const { return directory_ + "/" + file; }

 private:
  void openssl(const std::string& arguments) {
    const std::string command = fmt::format(
        "cd '{}' && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
        "{} 2>openssl.log",
        directory_, arguments);
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
  }

  std::string directory_;
};

}  // namespace md::test
