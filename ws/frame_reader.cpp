// Which schema a frame has by its type, and what becomes of one that fits none.
#include "marginfix/ws/frame_reader.hpp"

#include <array>

namespace marginfix::ws {
namespace {

using json::field;
using json::FieldInfo;
using json::TypeInfo;

// A Frame whose payload is already a Msg: the parser writes into it in place.
template <class Msg>
constexpr std::array<FieldInfo, 6> kFields = {
    field<&Frame::type>("type"),
    field<&Frame::id>("id"),
    field<&Frame::sid>("sid"),
    field<&Frame::seq>("seq"),
    FieldInfo{"msg", &json::type_of<Msg>(), [](void* frame) -> void* { return &std::get<Msg>(static_cast<Frame*>(frame)->payload); },
              json::Presence::required, true},
    field<&Frame::sending_ts_ms>("sending_ts_ms")};
// The answer to list_subscriptions: `msg` is the list itself.
template <>
constexpr std::array<FieldInfo, 6> kFields<SubscriptionList> = {
    field<&Frame::type>("type"),
    field<&Frame::id>("id"),
    field<&Frame::sid>("sid"),
    field<&Frame::seq>("seq"),
    FieldInfo{"msg", &json::type_of<std::vector<Subscribed>>(),
              [](void* frame) -> void* { return &std::get<SubscriptionList>(static_cast<Frame*>(frame)->payload).subscriptions; },
              json::Presence::required, true},
    field<&Frame::sending_ts_ms>("sending_ts_ms")};
template <class Msg>
const TypeInfo kFrame = json::object_type<Frame>("frame", kFields<Msg>);

constexpr FieldInfo kBareFields[] = {field<&Frame::type>("type"), field<&Frame::id>("id"), field<&Frame::sid>("sid"),
                                     field<&Frame::seq>("seq"), field<&Frame::sending_ts_ms>("sending_ts_ms")};
const TypeInfo kBareFrame = json::object_type<Frame>("frame", kBareFields);

void start_over(Frame& frame, std::string_view text) {
  frame.type.clear();
  frame.id.reset();
  frame.sid.reset();
  frame.seq.reset();
  frame.sending_ts_ms.reset();
  if (!frame.unknown.empty()) frame.unknown = {};
  frame.raw.assign(text);
}

std::string_view without_newline(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

// The word after {"type":" without parsing; empty when the frame begins otherwise.
std::string_view first_type(std::string_view text) {
  constexpr std::string_view kBegin = R"({"type":")";
  if (!text.starts_with(kBegin)) return {};
  text.remove_prefix(kBegin.size());
  const auto end = text.find('"');
  const auto word = end == std::string_view::npos ? std::string_view() : text.substr(0, end);
  return word.find('\\') == std::string_view::npos ? word : std::string_view();
}

}  // namespace

template <class Msg>
bool FrameReader::read_as(std::string_view text, Frame& frame) {
  frame.payload.emplace<Msg>();
  report_.missing.clear();
  auto read = decoder_.decode(kFrame<Msg>, &frame, text, {}, &report_);
  if (!read) problem_ = std::move(read.error().message);
  return read.has_value();
}

void FrameReader::read_unknown(std::string_view text, Frame& frame, std::string problem) {
  start_over(frame, text);
  frame.payload.emplace<UnknownFrame>();
  report_.missing.clear();
  const auto read = decoder_.decode(kBareFrame, &frame, text, {}, &report_);  // what the envelope says, as far as it can be read
  if (problem.empty() && !read) problem = read.error().message;
  std::get<UnknownFrame>(frame.payload).problem = std::move(problem);
}

// `ok` answers two commands: update_subscription with an object (or nothing), list_subscriptions with an array.
void FrameReader::read_ok(std::string_view text, Frame& frame) {
  frame.payload.emplace<UnknownFrame>();
  if (auto read = decoder_.decode(kBareFrame, &frame, text); !read) return read_unknown(text, frame, std::move(read.error().message));
  const std::string* msg = frame.unknown.find("msg");
  if (msg == nullptr || *msg == "null") return read_empty_ok(frame);
  const bool list = msg->starts_with('[');
  frame.unknown.clear();  // read again, whole
  if (!(list ? read_as<SubscriptionList>(text, frame) : read_as<Updated>(text, frame))) read_unknown(text, frame, std::move(problem_));
}

// The envelope is read; a `msg` of null says as little as none.
void FrameReader::read_empty_ok(Frame& frame) {
  frame.payload.emplace<Updated>();
  json::UnknownMembers others;
  for (const json::UnknownMember& member : frame.unknown)
    if (member.name != "msg") others.add() = member;
  frame.unknown = std::move(others);
  report_.missing.clear();
  report_.unknown_members += frame.unknown.size();
}

void FrameReader::read(std::string_view text, Frame& frame) {
  text = without_newline(text);
  start_over(frame, text);
  std::string slow;
  std::string_view type = first_type(text);
  if (type.empty()) {
    static_cast<void>(decoder_.decode(kBareFrame, &frame, text));  // only for the type, as far as it can be read
    slow = frame.type;
    type = slow;
    if (type.empty()) return read_unknown(text, frame, {});
    start_over(frame, text);
  }
  using Read = bool (FrameReader::*)(std::string_view, Frame&);
  struct Kind {
    std::string_view type;
    Read read;
  };
  static constexpr Kind kKinds[] = {{"orderbook_delta", &FrameReader::read_as<MarginOrderbookDelta>},
                                    {"ticker", &FrameReader::read_as<MarginTicker>},
                                    {"trade", &FrameReader::read_as<MarginTrade>},
                                    {"orderbook_snapshot", &FrameReader::read_as<MarginOrderbookSnapshot>},
                                    {"fill", &FrameReader::read_as<MarginFill>},
                                    {"user_order", &FrameReader::read_as<MarginUserOrder>},
                                    {"order_group_updates", &FrameReader::read_as<OrderGroupUpdates>},
                                    {"corporate_actions_delta", &FrameReader::read_as<MarginCorporateActionsDelta>},
                                    {"subscribed", &FrameReader::read_as<Subscribed>},
                                    {"error", &FrameReader::read_as<ErrorMessage>}};
  for (const Kind& kind : kKinds) {
    if (kind.type != type) continue;
    if (!(this->*kind.read)(text, frame)) read_unknown(text, frame, std::move(problem_));
    return;
  }
  if (type == "ok") return read_ok(text, frame);
  read_unknown(text, frame, {});
  if (type == "unsubscribed" && frame.as<UnknownFrame>()->problem.empty()) frame.payload.emplace<Unsubscribed>();
}

}  // namespace marginfix::ws
