// The promises: framing makes progress and stays inside; decode gives a message or an Error with a reason; offsets and views lie inside the
// bytes; what encode accepts decodes again to a message that encodes to the same bytes; printing never fails.
#include "fuzz/codec_target.hpp"

#include <memory>
#include <string>
#include <string_view>

#include "fuzz/promise.hpp"
#include "marginfix/fix/kept.hpp"
#include "marginfix/fix/printer.hpp"
#include "marginfix/fix/reader.hpp"
#include "marginfix/fix/writer.hpp"

namespace marginfix_tests {
namespace {

using namespace marginfix;

bool inside(std::string_view part, std::string_view whole) {
  return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void walk_stream(std::string_view stream) {
  for (int rounds = 0; rounds < 10'000 && !stream.empty(); ++rounds) {
    const auto frame = fix::find_message(stream, 1 << 16);
    promise(frame.skip <= stream.size(), "skip stays inside");
    if (frame.status == fix::FrameStatus::need_more) return;
    promise(frame.skip + frame.size > 0, "framing makes progress");
    if (frame.status == fix::FrameStatus::complete) promise(frame.skip + frame.size <= stream.size(), "a complete message is there");
    stream.remove_prefix(frame.skip + (frame.status == fix::FrameStatus::complete ? frame.size : 0));
  }
}

template <class M>
void encode_again(const M& m) {
  fix::Buffer once, twice;
  if (!fix::encode(m, m.header, once)) return;  // refusing is allowed: readers are tolerant, writers strict
  M again;
  fix::Findings findings;
  promise(fix::decode(once.view(), again, findings).has_value(), "what was encoded decodes");
  promise(fix::encode(again, again.header, twice).has_value(), "and encodes again");
  promise(once.view() == twice.view(), "to the same bytes");
}

int read_message(std::string_view bytes) {
  (void)fix::peek(bytes);
  (void)fix::print_line(bytes);
  (void)fix::print_block(bytes);
  (void)fix::to_json(bytes);
  (void)fix::to_pipe_form(bytes);
  fix::AnyMessage any;
  fix::Findings findings;
  const auto done = fix::decode_any(bytes, any, findings);
  if (!done) {
    promise(!done.error().message.empty() && done.error().category == ErrorCategory::decode, "an error has a reason");
    promise(done.error().offset <= bytes.size(), "an error's offset lies inside");
    return 0;
  }
  for (const auto& finding : findings) {
    promise(finding.offset <= bytes.size() && inside(finding.value, bytes), "a finding lies inside");
    promise(!fix::describe(finding).empty(), "a finding has words");
  }
  std::visit(
      [&]<class M>(const M& m) {
        for (const auto& field : m.unknown) promise(inside(field.value, bytes), "unknown fields lie inside");
        if constexpr (!std::is_same_v<M, fix::UnknownMessage>) {
          encode_again(m);
          const fix::Kept<M> kept(m, bytes, findings);
          promise(kept.raw() == bytes, "a kept message has its bytes");
        }
      },
      any);
  return 1;
}

}  // namespace

int fuzz_codec(const std::uint8_t* data, std::size_t size) {
  // An exact-size block: one byte too far is a sanitizer report.
  const std::unique_ptr<char[]> exact(new char[size]);
  for (std::size_t i = 0; i < size; ++i) exact[i] = static_cast<char>(data[i]);
  const std::string_view bytes(exact.get(), size);
  walk_stream(bytes);
  int decoded = read_message(bytes);

  // Past the checksum: the same bytes (without a frame of their own, if they have one) as fields of a message.
  std::string_view fields = bytes;
  if (const auto at = fields.find("\x01"
                                  "35=");
      at != std::string_view::npos)
    fields.remove_prefix(at + 1);
  if (const auto at = fields.rfind("\x01"
                                   "10=");
      at != std::string_view::npos)
    fields = fields.substr(0, at + 1);
  std::string body(fields);
  if (body.empty() || body.back() != '\x01') body += '\x01';
  fix::Buffer framed;
  fix::frame_message("FIXT.1.1", body, framed);
  const std::unique_ptr<char[]> second(new char[framed.size()]);
  framed.view().copy(second.get(), framed.size());
  decoded += read_message({second.get(), framed.size()});
  return decoded;
}

}  // namespace marginfix_tests
