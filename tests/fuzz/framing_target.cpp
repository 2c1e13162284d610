// The promises: every scan makes progress or asks for more; a message is one, its checksum and length right; what is garbled has a reason
// or is no part of a message; and which messages a stream holds does not hang on the pieces in which it comes.
#include "fuzz/framing_target.hpp"

#include <algorithm>

#include "fuzz/promise.hpp"
#include "golden/golden.hpp"
#include "marginfix/fix/frame.hpp"

namespace marginfix_tests {
namespace {

using namespace marginfix;
using Kind = fix::Scan::Kind;

constexpr std::size_t kMost = 4096;
constexpr const char* kVersions[] = {"FIXT.1.1", "FIX.4.2", "FIX.4.4"};

struct Found {
  std::vector<std::string> messages;
  bool broken{false};
  friend bool operator==(const Found&, const Found&) = default;
};

void check_message(const char* data, std::size_t size, const fix::Frame& frame) {
  promise(frame.bytes.data == data && frame.bytes.size == size, "a message's frame is the message");
  promise(frame.checked != frame.msg_type.empty(), "checked, where it has a type in its place");
  fix::Frame again;
  if (!frame.msg_type.empty()) promise(fix::check_frame(fix::Slice(data, size), &again), "and stands every check");
  fix::FieldCursor fields(frame.bytes);
  fix::FrameField field;
  std::size_t read = 0;
  while (fields.next(&field)) {
    promise(field.whole.data == data + read && field.value.size < field.whole.size, "fields follow one another");
    read += field.whole.size;
  }
  promise(read <= size, "and end with the message");
}

// A session's read buffer: a piece is added, what is done with is dropped.
Found scan_in_pieces(const std::string& stream, const char* version, std::size_t piece) {
  fix::Framer framer(kMost, version);
  Found found;
  std::string buffer;
  for (std::size_t at = 0; at < stream.size() && !found.broken; at += piece) {
    buffer.append(stream, at, piece);
    for (std::size_t used = 0;;) {
      fix::Frame frame;
      const fix::Scan scan = framer.scan(buffer.data() + used, buffer.size() - used, &frame);
      if (scan.kind == Kind::need_more) {
        buffer.erase(0, used);
        break;
      }
      if (scan.kind == Kind::broken) {
        promise(!scan.text.empty(), "who cannot go on says why");
        found.broken = true;
        break;
      }
      promise(scan.length > 0 && scan.length <= buffer.size() - used, "a scan goes on, and not past the end");
      if (scan.kind == Kind::message) {
        check_message(buffer.data() + used, scan.length, frame);
        found.messages.emplace_back(buffer, used, scan.length);
      }
      used += scan.length;
    }
  }
  return found;
}

}  // namespace

int fuzz_framing(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const char* const version = kVersions[data[0] % std::size(kVersions)];
  const std::size_t piece = 1 + data[0] / 8;
  const std::string stream(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Found whole = scan_in_pieces(stream, version, std::max<std::size_t>(stream.size(), 1));
  const Found pieces = scan_in_pieces(stream, version, piece);
  promise(pieces.messages == whole.messages, "the same messages, however the stream is cut");
  promise(pieces.broken == whole.broken, "and the same end");
  return static_cast<int>(whole.messages.size());
}

std::vector<std::string> framing_seeds() {
  std::vector<std::string> seeds;
  std::string all;
  for (const Golden& golden : load_goldens()) {
    seeds.push_back(std::string(1, static_cast<char>(24 * (seeds.size() % 10))) + golden.wire);
    all += golden.wire;
  }
  const std::string session = all.substr(0, 3'000);
  seeds.push_back(std::string(1, '\x30') + session);
  seeds.push_back(std::string(1, '\x30') + "\r\n" + session.substr(0, 400) +
                  "8=FIXT.1.1\x01"
                  "9=5\x01"
                  "garbage" +
                  session);
  return seeds;
}

}  // namespace marginfix_tests
