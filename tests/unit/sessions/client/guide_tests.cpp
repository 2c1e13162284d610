// The guides: every piece of C++ in them stands in an example that is compiled and run. docs/fix.md explains every state and end reason.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "marginfix/sessions/session_state.hpp"

namespace marginfix {
namespace {

std::string read(const std::string& path) {
  std::ifstream in(std::string(MARGINFIX_SOURCE_DIR "/") + path);
  EXPECT_TRUE(in) << path;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// All white space as one blank: formatting may differ, code may not.
std::string squeezed(const std::string& text) {
  std::string out;
  std::istringstream in(text);
  for (std::string word; in >> word;) out += word + " ";
  return out;
}

struct GuidePage {
  const char* file;
  int pieces;  // at least
};
void PrintTo(const GuidePage& page, std::ostream* out) { *out << page.file; }
class GuidePages : public testing::TestWithParam<GuidePage> {};

TEST_P(GuidePages, EveryPieceOfCodeStandsInItsExample) {
  std::istringstream in(read(GetParam().file));
  std::string line, file, code;
  int pieces = 0;
  bool inside = false;
  while (std::getline(in, line)) {
    if (line.starts_with("<!-- examples/")) file = line.substr(5, line.find(" -->") - 5);
    if (line == "```cpp") {
      ASSERT_FALSE(file.empty()) << "a piece of C++ without its example";
      inside = true;
      code.clear();
    } else if (inside && line == "```") {
      EXPECT_NE(squeezed(read(file)).find(squeezed(code)), std::string::npos) << file << " does not hold:\n" << code;
      inside = false;
      file.clear();
      ++pieces;
    } else if (inside) {
      code += line + "\n";
    }
  }
  EXPECT_GE(pieces, GetParam().pieces);
}

INSTANTIATE_TEST_SUITE_P(All, GuidePages,
                         testing::Values(GuidePage{"docs/fix.md", 6}, GuidePage{"docs/rest.md", 5}, GuidePage{"docs/klear.md", 1},
                                         GuidePage{"docs/websocket.md", 2}));

TEST(Guide, EveryStateAndEndReasonIsExplained) {
  const std::string guide = read("docs/fix.md");
  for (int i = 0; i <= static_cast<int>(SessionState::logging_out); ++i) {
    const std::string row = "| `" + std::string(to_string(static_cast<SessionState>(i))) + "` |";
    EXPECT_NE(guide.find(row), std::string::npos) << row;
  }
  for (int i = 0; i <= static_cast<int>(EndReason::protocol_error); ++i) {
    const auto reason = static_cast<EndReason>(i);
    const std::string row = "| `" + std::string(to_string(reason)) + "` | " +
                            (reason == EndReason::none ? ""
                             : retries(reason)         ? "yes"
                                                       : "no") +
                            " |";
    EXPECT_NE(guide.find(row), std::string::npos) << row;
  }
}

}  // namespace
}  // namespace marginfix
