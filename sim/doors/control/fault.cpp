#include "sim/doors/control/fault.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace marginfix::sim {
namespace {

namespace json = boost::json;

constexpr std::int64_t kMostCount = 1'000'000, kMostDelay = 600'000;

Error wrong(std::string what) { return fail(ErrorCategory::decode, std::move(what)); }

bool whole(const json::value& value, std::int64_t least, std::int64_t most, std::int64_t& out) {
  const std::int64_t* number = value.if_int64();
  if (number == nullptr || *number < least || *number > most) return false;
  out = *number;
  return true;
}

// Members that narrow the fault; false = wrong.
bool narrow(std::string_view name, const json::value& value, HttpFault& fault) {
  std::int64_t count = 0;
  if (name == "count") return whole(value, 1, kMostCount, count) && (fault.count = static_cast<int>(count), true);
  if (!value.is_string()) return false;
  (name == "method" ? fault.method : fault.path) = std::string(value.get_string());
  return true;
}

bool read_headers(const json::value& value, HttpHeaders& headers) {
  if (!value.is_object()) return false;
  for (const auto& header : value.get_object()) {
    if (!header.value().is_string()) return false;
    const std::string_view text = header.value().get_string();
    // What would end the header early would make another answer.
    if (header.key().empty() || header.key().find_first_of("\r\n: ") != std::string_view::npos) return false;
    if (text.find_first_of("\r\n") != std::string_view::npos) return false;
    headers.emplace_back(header.key(), text);
  }
  return true;
}

bool read_answer(std::string_view name, const json::value& value, HttpReply& reply) {
  if (name == "headers") return read_headers(value, reply.headers);
  if (name == "body") {
    reply.answer.body = value.is_string() ? std::string(value.get_string()) : json::serialize(value);
    return true;
  }
  std::int64_t status = 0;
  return whole(value, 200, 599, status) && (reply.answer.status = static_cast<int>(status), true);
}

bool read_kind(std::string_view name, const json::value& value, HttpFault& fault) {
  std::int64_t ms = 0;
  if (name == "delay_ms") {
    fault.kind = HttpFault::Kind::Delay;
    return whole(value, 0, kMostDelay, ms) && (fault.delay = std::chrono::milliseconds(ms), true);
  }
  if (name == "cut") return fault.kind = HttpFault::Kind::Cut, value.is_bool() && value.get_bool();
  fault.kind = value == "before" ? HttpFault::Kind::CloseBefore : HttpFault::Kind::CloseAfter;
  return value == "before" || value == "after";
}

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  for (const std::string_view known : names) {
    if (name == known) return true;
  }
  return false;
}

}  // namespace

Result<HttpFault> read_http_fault(const json::object& body) {
  HttpFault fault;
  int kinds = 0;
  bool done = false;
  for (const auto& member : body) {
    const std::string_view name = member.key();
    bool good = false;
    if (name == "door") {
      good = true;
    } else if (name == "done") {
      good = member.value().is_bool();
      done = good && member.value().get_bool();
    } else if (is_one_of(name, {"count", "method", "path"})) {
      good = narrow(name, member.value(), fault);
    } else if (is_one_of(name, {"status", "body", "headers"})) {
      good = read_answer(name, member.value(), fault.reply);
      kinds += name == "status" ? 1 : 0;
    } else if (is_one_of(name, {"delay_ms", "cut", "close"})) {
      good = read_kind(name, member.value(), fault);
      ++kinds;
    } else {
      return wrong("unknown member \"" + std::string(name) + "\"; see sim/doors/control/fault.hpp");
    }
    if (!good) return wrong("\"" + std::string(name) + "\" has a value it cannot have");
  }
  if (kinds != 1) return wrong(R"(exactly one of "status", "delay_ms", "cut" and "close" says what goes wrong)");
  if (done && fault.kind != HttpFault::Kind::Answer) return wrong(R"("done" belongs to "status": the others say it themselves)");
  if (done) fault.kind = HttpFault::Kind::AnswerAfter;
  return fault;
}

Result<OrderFault> read_order_fault(const json::object& body) {
  OrderFault fault;
  bool kind = false;
  for (const auto& member : body) {
    const std::string_view name = member.key();
    const json::value& value = member.value();
    bool good = false;
    if (name == "door") {
      good = true;
    } else if (name == "unavailable") {
      good = kind = value == "before" || value == "after";
      fault.kind = value == "before" ? OrderFault::Kind::UnavailableBefore : OrderFault::Kind::UnavailableAfter;
    } else if (name == "message") {
      good = value == "D" || value == "G" || value == "F";
      if (good) fault.msg_type = std::string(value.get_string());
    } else if (name == "key_id") {
      good = value.is_string();
      if (good) fault.key_id = std::string(value.get_string());
    } else if (name == "count") {
      std::int64_t count = 0;
      good = whole(value, 1, kMostCount, count);
      fault.count = static_cast<int>(count);
    } else {
      return wrong("unknown member \"" + std::string(name) + "\"; see sim/doors/control/fault.hpp");
    }
    if (!good) return wrong("\"" + std::string(name) + "\" has a value it cannot have");
  }
  if (!kind) return wrong(R"("unavailable" must say "before" or "after": whether the request is done all the same)");
  return fault;
}

}  // namespace marginfix::sim
