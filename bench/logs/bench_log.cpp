// How fast a log is cut and linted: marginfix_bench_log cut|lint FILE. Prints seconds, MB/s and what was found; beside it, `grep -c 8=FIX`.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/fix/dictionary.hpp"
#include "marginfix/fix/lint.hpp"
#include "marginfix/fix/log_scan.hpp"

namespace {

namespace fix = marginfix::fix;

template <class Reader>
std::size_t feed(const char* path, Reader& reader) {
  std::ifstream file(path, std::ios::binary);
  std::vector<char> piece(256 * 1024);
  std::size_t bytes = 0;
  while (file.read(piece.data(), static_cast<std::streamsize>(piece.size())) || file.gcount() > 0) {
    reader.feed({piece.data(), static_cast<std::size_t>(file.gcount())});
    bytes += static_cast<std::size_t>(file.gcount());
  }
  reader.finish();
  return bytes;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: marginfix_bench_log cut|lint FILE\n");
    return 1;
  }
  const auto session = fix::Dictionary::parse(fix::embedded_session_dictionary(), "session").value();
  const auto application = fix::Dictionary::parse(fix::embedded_application_dictionary(), "application").value();
  const fix::DictionaryPair pair{session, application};
  const auto start = std::chrono::steady_clock::now();
  std::size_t bytes = 0, messages = 0, refused = 0, not_read = 0;
  if (argv[1] == std::string_view("cut")) {
    fix::LogScanner scanner([](const fix::LogMessage&) {});
    bytes = feed(argv[2], scanner);
    messages = scanner.messages();
    not_read = scanner.not_read();
  } else {
    fix::LogLinter linter(pair, [](const fix::LogFinding&) {});
    bytes = feed(argv[2], linter);
    messages = linter.messages();
    refused = linter.refused();
    not_read = linter.not_read();
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("%s: %zu bytes in %.3f s, %.0f MB/s; %zu messages, %zu refused, %zu not read; %ld MB at most\n", argv[1], bytes, seconds,
              static_cast<double>(bytes) / 1e6 / seconds, messages, refused, not_read, usage.ru_maxrss / 1024);
}
