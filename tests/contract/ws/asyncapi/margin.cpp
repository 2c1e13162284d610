#include "contract/ws/asyncapi/margin.hpp"

#include "marginfix/ws/frames.hpp"

namespace marginfix::asyncapi {
namespace {

constexpr std::int32_t kMostErrorCode = 999;

std::vector<std::string> channels() {
  std::vector<std::string> words;
  for (const auto& word : EnumWords<ws::Channel>::kWords) words.emplace_back(word.word);
  return words;
}

std::vector<std::string> error_codes() {
  std::vector<std::string> codes;
  for (std::int32_t code = 0; code <= kMostErrorCode; ++code)
    if (!ws::to_string(static_cast<ws::ErrorCode>(code)).empty()) codes.push_back(std::to_string(code));
  return codes;
}

std::vector<FrameKind> frames() {
  using json::type_of;
  return {{"orderbook_snapshot", "orderbook_delta", &type_of<ws::MarginOrderbookSnapshot>()},
          {"orderbook_delta", "orderbook_delta", &type_of<ws::MarginOrderbookDelta>()},
          {"ticker", "ticker", &type_of<ws::MarginTicker>()},
          {"trade", "trade", &type_of<ws::MarginTrade>()},
          {"fill", "fill", &type_of<ws::MarginFill>()},
          {"user_order", "user_orders", &type_of<ws::MarginUserOrder>()},
          {"order_group_updates", "order_group_updates", &type_of<ws::OrderGroupUpdates>()},
          {"corporate_actions_delta", "corporate_actions", &type_of<ws::MarginCorporateActionsDelta>()},
          {"subscribed", "", &type_of<ws::Subscribed>()},
          {"unsubscribed", "", nullptr},
          {"ok", "", &type_of<ws::Updated>()},
          {"ok", "", &type_of<std::vector<ws::Subscribed>>()},  // answers list_subscriptions
          {"error", "", &type_of<ws::ErrorMessage>()}};
}

std::vector<openapi::Deviation> deviations() {
  constexpr std::string_view kNever = "a property that we never send";
  std::vector<openapi::Deviation> list;
  for (const char* place : {"subscribe.params.market_ticker", "update_subscription.params.market_ticker"}) {
    list.push_back({place, "added upstream", std::string(kNever), "market_tickers says the same for any number"});
  }
  list.push_back({"update_subscription.params.sid", "added upstream", std::string(kNever), "sids says the same"});
  list.push_back({"subscribe.params.skip_ticker_ack", "added upstream", std::string(kNever),
                  "`ok` answers without their lists would leave nothing to check our own list against"});
  for (const char* place : {"marginOrderbookDelta.last_update_reason", "marginUserOrder.last_update_reason"}) {
    list.push_back({place, "words", "gone upstream: \"\"", "one table with REST, where the empty word stands for none"});
  }
  return list;
}

}  // namespace

Expectation margin_expectation(std::vector<std::string> commands) {
  Expectation e;
  e.channels = channels();
  e.frames = frames();
  e.envelope = {"type", "id", "sid", "seq", "msg", "sending_ts_ms"};
  e.commands = std::move(commands);
  e.units = {{"_time_ms", "epoch milliseconds"}, {"ts_ms", "epoch milliseconds"}, {"_dollars", "FixedPointDollars"}};
  e.words = {{"error.code", error_codes()}};
  e.deviations = deviations();
  return e;
}

}  // namespace marginfix::asyncapi
