#include "apps/version.hpp"

#include <curl/curl.h>
#include <fmt/format.h>
#include <link.h>
#include <openssl/crypto.h>
#include <sqlite3.h>

#include <boost/version.hpp>

#include "apps/output.hpp"
#include "marginfix/json/writer.hpp"

namespace marginfix::apps {
namespace {

// QuickFIX tells its version nowhere: its file's name does.
std::string quickfix_file() {
  std::string name;
  ::dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* found) {
        const std::string_view path = info->dlpi_name == nullptr ? "" : info->dlpi_name;
        const auto slash = path.rfind('/');
        const std::string_view file = slash == std::string_view::npos ? path : path.substr(slash + 1);
        if (!file.starts_with("libquickfix")) return 0;
        *static_cast<std::string*>(found) = file;
        return 1;
      },
      &name);
  return name.empty() ? "built in" : name;
}

// "OpenSSL 3.0.17 1 Jul 2025" -> "3.0.17"
std::string second_word(std::string_view text) {
  const auto from = text.find(' ');
  if (from == std::string_view::npos) return std::string(text);
  text.remove_prefix(from + 1);
  return std::string(text.substr(0, text.find(' ')));
}

}  // namespace

std::vector<std::pair<std::string, std::string>> library_versions() {
  return {{"QuickFIX", quickfix_file()},
          {"OpenSSL", second_word(::OpenSSL_version(OPENSSL_VERSION))},
          {"libcurl", ::curl_version_info(CURLVERSION_NOW)->version},
          {"Boost", fmt::format("{}.{}.{}", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100)},
          {"SQLite", ::sqlite3_libversion()}};
}

void print_version(std::string_view commit, bool json) {
  if (!json) {
    print_line(fmt::format("marginfix {}{}", MARGINFIX_VERSION, commit.empty() ? "" : fmt::format(" (commit {})", commit)));
    for (const auto& [name, version] : library_versions()) print_line(fmt::format("  {:<9} {}", name, version));
    return;
  }
  std::string line;
  json::Writer w(line);
  w.begin_object().member("name", "marginfix").member("version", MARGINFIX_VERSION).member("commit", commit);
  w.key("libraries").begin_object();
  for (const auto& [name, version] : library_versions()) w.member(name, version);
  w.end_object().end_object();
  print_json(line);
}

}  // namespace marginfix::apps
