// An AsyncAPI file of the exchange against our WebSocket code, both ways: channels, frames with every property of envelope and payload,
// commands as our code writes them, error codes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "contract/openapi/difference.hpp"
#include "marginfix/json/type_info.hpp"

namespace marginfix::asyncapi {

// A frame that we read. `msg` null: it has no payload. One type may have two forms ("ok"): the payload's kind tells them apart.
struct FrameKind {
  std::string_view type;
  std::string_view channel;  // empty: an answer
  const json::TypeInfo* msg;
};

struct Expectation : openapi::Rules {
  std::vector<std::string> channels;
  std::vector<FrameKind> frames;
  std::vector<std::string> envelope;  // its members, `msg` among them
  std::vector<std::string> commands;  // JSON texts; together they use everything that we can send
};

// Throws on a file that cannot be read (components.hpp) and on a command that is not JSON.
openapi::Comparison compare(const std::string& yaml, const Expectation& ours);

// Frames made from the file's schemas, by the file's `type`: with every property, and with the required ones only.
struct Example {
  std::string type;
  std::string text;
  bool whole{false};
};
std::vector<Example> examples(const std::string& yaml);

}  // namespace marginfix::asyncapi
