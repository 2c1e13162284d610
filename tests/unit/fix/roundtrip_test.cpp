// Every golden message: decodes without findings, encodes again to the very same bytes, and prints.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "unit/fix/codec_samples.hpp"

namespace marginfix::fix {
namespace {

using marginfix_tests::Golden;

// A quantity as the wire may have it ("10") and as we write it ("10.00"): same number. Nothing else may differ.
bool same_fields(std::string_view a, std::string_view b) {
  std::vector<PrintedField> left, right;
  for_each_field(a, [&](const PrintedField& f) { left.push_back(f); });
  for_each_field(b, [&](const PrintedField& f) { right.push_back(f); });
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](const PrintedField& x, const PrintedField& y) {
    if (x.tag != y.tag) return false;
    if (x.value == y.value || x.tag == 9 || x.tag == 10) return true;
    const auto p = FixedPointCount::parse(x.value);
    const auto q = FixedPointCount::parse(y.value);
    return (x.tag == 38 || x.tag == 271) && p && q && *p == *q;
  });
}
bool has_whole_quantity_text(std::string_view wire) {
  const auto at = wire.find(
      "\x01"
      "38=");
  return at != std::string_view::npos && wire.substr(at + 1, wire.find('\x01', at + 1) - at - 1).find('.') == std::string_view::npos;
}

class GoldenMessage : public testing::TestWithParam<Golden> {};

TEST_P(GoldenMessage, DecodesWithoutFindingsAndEncodesToTheSameBytes) {
  const std::string& wire = GetParam().wire;
  AnyMessage any;
  Findings findings;
  const auto decoded = decode_any(wire, any, findings);
  ASSERT_TRUE(decoded) << to_string(decoded.error());
  EXPECT_EQ(findings.size(), 0U) << marginfix_tests::all_findings(findings);
  ASSERT_FALSE(std::holds_alternative<UnknownMessage>(any)) << "no table for this message";
  std::visit(
      [&]<class M>(const M& m) {
        if constexpr (!std::is_same_v<M, UnknownMessage>) {
          EXPECT_TRUE(m.unknown.empty());
          Buffer out;
          const auto encoded = encode(m, m.header, out);
          ASSERT_TRUE(encoded) << to_string(encoded.error());
          if (GetParam().name == "md-snapshot-empty-no-count") return;  // we always write the count
          EXPECT_TRUE(same_fields(out.view(), wire)) << to_pipe_form(out.view()) << "\n" << to_pipe_form(wire);
          if (!has_whole_quantity_text(wire)) {
            EXPECT_EQ(to_pipe_form(out.view()), to_pipe_form(wire));
          }
          M again;
          ASSERT_TRUE(decode(out.view(), again, findings));
          Buffer twice;
          ASSERT_TRUE(encode(again, again.header, twice));
          EXPECT_EQ(twice.view(), out.view());
        }
      },
      any);
}

TEST_P(GoldenMessage, IsFramedFromAStreamWithGarbageAround) {
  const std::string& wire = GetParam().wire;
  const std::string stream = "noise" + wire + wire.substr(0, 9);
  const auto frame = find_message(stream);
  EXPECT_EQ(frame.status, FrameStatus::complete);
  EXPECT_EQ(stream.substr(frame.skip, frame.size), wire);
  EXPECT_EQ(find_message(std::string_view(stream).substr(frame.skip + frame.size)).status, FrameStatus::need_more);
}

INSTANTIATE_TEST_SUITE_P(All, GoldenMessage, testing::ValuesIn(marginfix_tests::load_goldens()), [](const auto& param) {
  std::string name = param.param.name;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace marginfix::fix
