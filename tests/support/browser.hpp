// A real browser for tests of the pages (Debian's `chromium`, driven by browser.py), and a shell command with what it said.
#pragma once

#include <array>
#include <cstdio>
#include <string>

namespace marginfix::test {

struct ShellOutcome {
  int status{0};
  std::string output;
};

inline ShellOutcome shell(const std::string& command) {
  ShellOutcome outcome;
  FILE* const pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return {-1, "cannot run " + command};
  std::array<char, 4096> chunk{};
  while (const std::size_t size = std::fread(chunk.data(), 1, chunk.size(), pipe)) outcome.output.append(chunk.data(), size);
  outcome.status = ::pclose(pipe);
  return outcome;
}

// Its name; "": there is none, or no Python to drive it.
inline std::string browser() {
  if (shell("python3 --version").status != 0) return {};
  for (const char* name : {"chromium", "chromium-browser", "google-chrome"}) {
    const ShellOutcome found = shell(std::string("command -v ") + name);
    if (found.status == 0) return found.output.substr(0, found.output.find('\n'));
  }
  return {};
}

}  // namespace marginfix::test
