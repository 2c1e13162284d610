// Two readers that know nothing of each other: what our structs hold is what QuickFIX finds in the same bytes.
#include <gtest/gtest.h>

#include <algorithm>

#include "marginfix/fix/dictionary.hpp"
#include "unit/fix/codec_samples.hpp"
#include "unit/fix/quickfix_fields.hpp"

namespace marginfix::fix {
namespace {

std::vector<std::string> by_quickfix(const std::string& wire) {
  static const std::string session(embedded_session_dictionary());
  static const std::string application(embedded_application_dictionary());
  return marginfix_tests::quickfix_fields(wire, session, application);
}

// Through the structs and back: every field must have survived in typed form. Counters stand in QuickFIX's list too.
std::vector<std::string> by_codec(const std::string& wire) {
  AnyMessage any;
  Findings findings;
  decode_any(wire, any, findings).value();
  Buffer out;
  std::visit(
      [&]<class M>(const M& m) {
        if constexpr (!std::is_same_v<M, UnknownMessage>) encode(m, m.header, out).value();
      },
      any);
  std::vector<std::string> lines;
  std::int32_t counter = 0;
  for_each_field(out.view(), [&](const PrintedField& f) {
    if (f.counter) counter = f.tag;
    const std::string path = f.depth == 0 ? "" : std::to_string(counter) + "[" + std::to_string(f.entry) + "]/";
    const std::string value(f.tag == 96 ? std::get<Logon>(any).raw_data.value() : f.value);
    lines.push_back(path + std::to_string(f.tag) + "=" + value);
  });
  std::ranges::sort(lines);
  return lines;
}

// 9, 10 and the text of a quantity ("10", "10.00") may differ between the golden and what we write.
std::vector<std::string> comparable(std::vector<std::string> lines) {
  std::erase_if(lines, [](const std::string& line) { return line.starts_with("9=") || line.starts_with("10=") || line == "268=0"; });
  for (std::string& line : lines) {
    if (line.starts_with("38=") && line.find('.') == std::string::npos) line += ".00";
  }
  return lines;
}

TEST(QuickFixDifferential, SameFieldsInEveryGolden) {
  for (const auto& golden : marginfix_tests::load_goldens()) {
    SCOPED_TRACE(golden.name);
    EXPECT_EQ(comparable(by_codec(golden.wire)), comparable(by_quickfix(golden.wire)));
  }
}

}  // namespace
}  // namespace marginfix::fix
