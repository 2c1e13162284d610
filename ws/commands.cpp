// Writes the four commands as JSON.
#include "ws/commands.hpp"

#include "marginfix/json/writer.hpp"

namespace marginfix::ws {
namespace {

json::Writer& begin(json::Writer& w, std::int64_t id, std::string_view cmd) {
  return w.begin_object().member("id", id).member("cmd", cmd).key("params").begin_object();
}

void markets(json::Writer& w, const std::vector<std::string>& tickers) {
  if (tickers.empty()) return;
  w.key("market_tickers").begin_array();
  for (const std::string& ticker : tickers) w.string(ticker);
  w.end_array();
}

}  // namespace

std::string subscribe_command(std::int64_t id, const std::vector<Channel>& channels, const std::vector<std::string>& market_tickers,
                              bool send_initial_snapshot) {
  std::string out;
  json::Writer w(out);
  begin(w, id, "subscribe").key("channels").begin_array();
  for (const Channel channel : channels) w.string(Open<Channel>(channel).text());
  w.end_array();
  markets(w, market_tickers);
  if (send_initial_snapshot) w.member("send_initial_snapshot", true);
  w.end_object().end_object();
  return out;
}

std::string unsubscribe_command(std::int64_t id, std::int64_t sid) {
  std::string out;
  json::Writer w(out);
  begin(w, id, "unsubscribe").key("sids").begin_array().integer(sid).end_array().end_object().end_object();
  return out;
}

std::string update_command(std::int64_t id, std::int64_t sid, std::string_view action, const std::vector<std::string>& market_tickers,
                           bool send_initial_snapshot) {
  std::string out;
  json::Writer w(out);
  begin(w, id, "update_subscription").key("sids").begin_array().integer(sid).end_array().member("action", action);
  markets(w, market_tickers);
  if (send_initial_snapshot) w.member("send_initial_snapshot", true);
  w.end_object().end_object();
  return out;
}

std::string list_command(std::int64_t id) {
  std::string out;
  json::Writer(out).begin_object().member("id", id).member("cmd", "list_subscriptions").end_object();
  return out;
}

}  // namespace marginfix::ws
