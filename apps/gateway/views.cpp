#include "apps/gateway/views.hpp"

#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <chrono>
#include <exception>
#include <string_view>

#include "apps/gateway/fitted_table.hpp"
#include "marginfix/core/text.hpp"

namespace marginfix::apps {
namespace {

using JsonObject = boost::json::object;
using JsonValue = boost::json::value;

std::string text_at(const JsonObject& row, std::string_view name) { return std::string(row.at(name).as_string()); }
std::string count_at(const JsonObject& row, std::string_view name) { return std::to_string(row.at(name).to_number<std::int64_t>()); }
// "" for none, so that a column of nothing but zeros needs no room.
std::string count_or_nothing(const JsonObject& row, std::string_view name) {
  const auto count = row.at(name).to_number<std::int64_t>();
  return count == 0 ? std::string() : std::to_string(count);
}
bool flag_at(const JsonObject& row, std::string_view name) { return row.at(name).as_bool(); }
// "2026-11-30T18:32:01.500Z" as "2026-11-30 18:32:01"; "" for none.
std::string moment_at(const JsonObject& row, std::string_view name) {
  const JsonValue& moment = row.at(name);
  if (moment.is_null()) return {};
  std::string text(moment.as_string());
  text = text.substr(0, std::string_view("2026-11-30T18:32:01").size());
  if (const std::size_t t = text.find('T'); t != std::string::npos) text[t] = ' ';
  return text;
}
std::string clock_at(const JsonObject& row, std::string_view name) {
  const std::string moment = moment_at(row, name);
  return moment.substr(std::min(moment.size(), std::string_view("2026-11-30 ").size()));
}

std::string duration_text(std::int64_t seconds) {
  if (seconds < 60) return fmt::format("{} s", seconds);
  if (seconds < 3'600) return fmt::format("{} m {} s", seconds / 60, seconds % 60);
  if (seconds < 172'800) return fmt::format("{} h {} m", seconds / 3'600, seconds / 60 % 60);
  return fmt::format("{} d {} h", seconds / 86'400, seconds / 3'600 % 24);
}

std::string headline(const JsonObject& status) {
  const JsonObject& kill = status.at("kill").as_object();
  std::string line = flag_at(status, "ready") ? "ready" : flag_at(status, "open") ? "open" : "not open yet";
  if (flag_at(kill, "killed")) {
    line = "KILLED since " + moment_at(kill, "since") + " UTC by " + text_at(kill, "by");
    if (const std::string reason = text_at(kill, "reason"); !reason.empty()) line += ": " + visible(reason);
    line += flag_at(kill, "arm_asked") ? "; once more `gateway arm` arms it" : "; `gateway arm`, twice, arms it again";
  } else if (const std::string waits = text_at(status, "waits_for"); !waits.empty()) {
    line += ", waits for " + visible(waits);
  }
  return fmt::format("{}; up {}, since {} UTC\n", line, duration_text(status.at("uptime_seconds").to_number<std::int64_t>()),
                     moment_at(status, "started"));
}

std::string client_lines(const JsonObject& status, std::size_t width) {
  FittedTable table({{"CLIENT"},
                     {"VERSION", 2},
                     {"SESSION"},
                     {"KEY", 4},
                     {"OPEN", 0, true},
                     {"ORDERS", 3, true},
                     {"REFUSED", 1, true},
                     {"IN", 6, true},
                     {"OUT", 7, true},
                     {"OWED", 1, true},
                     {"UNREAD", 5, true},
                     {"LAST", 9},
                     {"ADDRESS", 8}});
  for (const JsonValue& one : status.at("clients").as_array()) {
    const JsonObject& c = one.as_object();
    table.row({text_at(c, "comp_id"), text_at(c, "begin_string"), flag_at(c, "logged_on") ? "logged on" : "away", text_at(c, "account"),
               count_at(c, "open_orders"), count_at(c, "orders"), count_at(c, "refused"), count_at(c, "messages_in"),
               count_at(c, "messages_out"), count_or_nothing(c, "owed"), count_or_nothing(c, "queued_bytes"), clock_at(c, "last_message"),
               text_at(c, "address")});
  }
  return table.empty() ? "no client is configured\n" : table.text(width);
}

std::string key_lines(const JsonObject& status, std::size_t width) {
  FittedTable table({{"KEY"},
                     {"SESSION"},
                     {"STATE"},
                     {"OPEN", 0, true},
                     {"UNKNOWN", 1, true},
                     {"WAITING", 2, true},
                     {"TOKENS", 3, true},
                     {"MARKET DATA", 4},
                     {"WHY", 1}});
  for (const JsonValue& one : status.at("keys").as_array()) {
    const JsonObject& k = one.as_object();
    const std::string session = text_at(k, "session");
    table.row({text_at(k, "account"), session.empty() ? "none" : session, text_at(k, "state"), count_at(k, "open_orders"),
               count_or_nothing(k, "outcome_unknown"), count_or_nothing(k, "waiting"), count_at(k, "write_tokens"),
               flag_at(k, "market_data") ? "on" : "off", text_at(k, "why")});
  }
  return table.empty() ? "no key is configured\n" : table.text(width);
}

std::string bound_text(const JsonObject& hop, std::string_view name) {
  const JsonValue& bound = hop.at(name);
  if (bound.is_null()) return hop.at("count").to_number<std::int64_t>() == 0 ? "-" : "over 1 s";  // behind the last bound
  const auto us = bound.to_number<std::int64_t>();
  return us < 1'000 ? fmt::format("{} us", us) : fmt::format("{} ms", us / 1'000);
}

// Bounds of buckets, as a histogram knows no more.
std::string latency_lines(const JsonObject& status, std::size_t width) {
  FittedTable table({{"LATENCY"}, {"P50 WITHIN", 0, true}, {"P99 WITHIN", 0, true}, {"MESSAGES", 0, true}});
  const JsonObject& latency = status.at("latency").as_object();
  for (const auto& [name, words] : {std::pair("oms_to_exchange", "OMS to exchange"), std::pair("exchange", "exchange"),
                                    std::pair("exchange_to_oms", "exchange to OMS")}) {
    const JsonObject& hop = latency.at(name).as_object();
    table.row({words, bound_text(hop, "p50_us"), bound_text(hop, "p99_us"), count_at(hop, "count")});
  }
  return table.text(width);
}

std::string count_lines(const JsonObject& status) {
  return fmt::format("logons refused {}, unreadable {}, unknown reports {}\njournal: {} bytes in {} files\n",
                     count_at(status, "logons_refused"), count_at(status, "unreadable"), count_at(status, "unknown_reports"),
                     count_at(status, "journal_bytes"), count_at(status, "journal_files"));
}

// The members are read as they are needed: one that is missing or another kind of value ends the whole.
template <class Lines>
Result<std::string> lines_of(const std::string& json, const Lines& lines) {
  try {
    return lines(boost::json::parse(json).as_object());
  } catch (const std::exception& e) {
    return fail(ErrorCategory::decode,
                std::string("the gateway's answer cannot be read; is it another version than this program? (") + e.what() + ")");
  }
}

}  // namespace

Result<std::string> status_lines(const std::string& json, std::size_t width) {
  return lines_of(json, [&](const JsonObject& status) {
    return headline(status) + "\n" + client_lines(status, width) + "\n" + key_lines(status, width) + "\n" + latency_lines(status, width) +
           "\n" + count_lines(status);
  });
}

Result<std::string> order_lines(const std::string& json, std::size_t width) {
  return lines_of(json, [&](const JsonObject& answer) {
    FittedTable table({{"CLORDID"},
                       {"CLIENT", 2},
                       {"SYMBOL"},
                       {"SIDE"},
                       {"QTY", 0, true},
                       {"FILLED", 0, true},
                       {"PRICE", 0, true},
                       {"STATUS"},
                       {"KEY", 4},
                       {"ENTERED", 5},
                       {"ORDERID", 6},
                       {"TEXT", 3}});
    for (const JsonValue& one : answer.at("orders").as_array()) {
      const JsonObject& o = one.as_object();
      table.row({text_at(o, "cl_ord_id"), text_at(o, "client"), text_at(o, "symbol"), text_at(o, "side"), text_at(o, "order_qty"),
                 text_at(o, "cum_qty"), text_at(o, "price"), text_at(o, "ord_status"), text_at(o, "account"), moment_at(o, "entered"),
                 text_at(o, "order_id"), text_at(o, "text")});
    }
    std::string text = table.empty() ? "no order\n" : table.text(width);
    if (flag_at(answer, "more")) text += "and more: --most N shows them\n";
    return text;
  });
}

}  // namespace marginfix::apps
