// Execution reports as an exchange tells them, for the benchmarks of the reconciliation service.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

#include "marginfix/core/time.hpp"
#include "services/reconcile/journal/record.hpp"

namespace marginfix::reconcile::bench {

using SteadyClock = std::chrono::steady_clock;

inline constexpr Timestamp kBegin{std::chrono::microseconds(1'795'975'200'000'000)};  // 2026-11-30 14:00 UTC
inline constexpr int kFillsAnOrder = 4;

inline double seconds_since(SteadyClock::time_point begin) { return std::chrono::duration<double>(SteadyClock::now() - begin).count(); }

inline std::string fix_text(std::string body) {
  for (char& c : body) c = c == '|' ? '\001' : c;
  std::string text = "8=FIXT.1.1\0019=" + std::to_string(body.size()) + "\001" + body;
  unsigned sum = 0;
  for (const char c : text) sum += static_cast<unsigned char>(c);
  char trailer[16];
  std::snprintf(trailer, sizeof trailer, "10=%03u\001", sum % 256);
  return text + trailer;
}

// The i-th execution of an account that buys and sells one contract in turn.
struct Execution {
  std::int64_t i;
  Timestamp time() const { return kBegin + std::chrono::milliseconds(i); }
  std::string order_id() const { return "order-" + std::to_string(1'000'000'000 + i / kFillsAnOrder); }
  std::string trade_id() const { return "0d9e8c7b-6a5f-4e3d-2c1b-" + std::to_string(100'000'000'000 + i); }
  std::string exec_id() const { return "13768;" + std::to_string(i + 1); }
  char side() const { return i / kFillsAnOrder % 2 == 0 ? '1' : '2'; }
  std::int64_t nth() const { return i % kFillsAnOrder + 1; }
  std::string position() const {
    const std::int64_t net = side() == '1' ? nth() : kFillsAnOrder - nth();
    return net == 0 ? "" : "704=" + std::to_string(net) + ".00|";
  }
  std::string message() const {
    const std::string cum = std::to_string(nth()) + ".00", left = std::to_string(kFillsAnOrder - nth()) + ".00";
    return fix_text("35=8|34=" + std::to_string(i + 2) + "|49=KalshiNR|52=" + to_fix_utc(time()) + "|56=key|6=19.5|11=c-" + order_id() +
                    "|14=" + cum + "|17=" + exec_id() + "|30=0|31=19.5|32=1.00|37=" + order_id() + "|38=" + std::to_string(kFillsAnOrder) +
                    ".00|39=" + (nth() == kFillsAnOrder ? "2" : "1") + "|54=" + side() + "|55=KXBTCPERP|60=" + to_fix_utc(time(), 6) +
                    "|136=1|137=0.07|138=USD|139=4|150=F|151=" + left + "|" + position() +
                    "715=" + to_fix_date(clearing_business_date(time())) + "|880=" + trade_id() + "|891=0|");
  }
  std::string rest() const {
    return R"({"fill_id":")" + trade_id() + R"(","order_id":")" + order_id() + R"(","is_taker":true,"side":")" +
           (side() == '1' ? "bid" : "ask") + R"(","count":"1.00","created_time":")" + to_rfc3339(time()) +
           R"(","ticker":"KXBTCPERP","price":"19.5","fees":"0.07"})";
  }
};

inline Record record_of(RecordKind kind, Source source, Timestamp at, std::string body, std::string account = "alice") {
  return {kind, source, at, std::move(account), std::move(body)};
}

}  // namespace marginfix::reconcile::bench
