// Every golden message: decodes without findings, encodes again to the very same bytes, and prints.
#include <gtest/gtest.h>

#include "unit/fix/codec_samples.hpp"

namespace marginfix::fix {
namespace {

using marginfix_tests::Golden;

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
          EXPECT_EQ(to_pipe_form(out.view()), to_pipe_form(wire));
          EXPECT_EQ(out.view(), wire);
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
