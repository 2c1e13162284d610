// Small units of the REST, Klear and WebSocket schemas, each a type of its own so that cents never meet dollars by accident.
// Plain values. Source: rest-perps.md "Types on this page"; klear.md "Types and money"; websocket.md "Envelope".
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "marginfix/core/decimal.hpp"
#include "marginfix/core/result.hpp"
#include "marginfix/core/time.hpp"

namespace marginfix {

// Unix seconds: query parameters ending in _ts, `expires_ts`, `end_period_ts`, `expiration_time` of requests.
struct EpochSeconds {
  std::int64_t value{0};
  Timestamp time() const noexcept { return from_epoch_seconds(value); }
  static EpochSeconds of(Timestamp t) noexcept { return {to_epoch_seconds(t)}; }
  friend auto operator<=>(const EpochSeconds&, const EpochSeconds&) = default;
};

// Unix milliseconds: `ts_ms`, every time of the WebSocket.
struct EpochMillis {
  std::int64_t value{0};
  Timestamp time() const noexcept { return from_epoch_ms(value); }
  static EpochMillis of(Timestamp t) noexcept { return {to_epoch_ms(t)}; }
  friend auto operator<=>(const EpochMillis&, const EpochMillis&) = default;
};

namespace detail {
Result<DollarDecimal> scaled_dollars(std::int64_t value, std::int64_t micros_each, const char* unit);
}

// 1 USD = 10,000 centicents: Klear's money, `amount` of an instance transfer. Signed.
struct Centicents {
  std::int64_t value{0};
  // Error(codec) past the range of DollarDecimal (about 9.2 x 10^12 dollars).
  Result<DollarDecimal> dollars() const { return detail::scaled_dollars(value, 100, "centicents"); }
  friend auto operator<=>(const Centicents&, const Centicents&) = default;
};

// 1 USD = 100 cents: `amount_cents` of a subaccount transfer.
struct Cents {
  std::int64_t value{0};
  Result<DollarDecimal> dollars() const { return detail::scaled_dollars(value, 10'000, "cents"); }
  friend auto operator<=>(const Cents&, const Cents&) = default;
};

// Hundredths of a contract: `*_centicount` of Klear. The same unit as FixedPointCount, written as an integer.
struct Centicount {
  std::int64_t value{0};
  FixedPointCount contracts() const noexcept { return FixedPointCount::from_units(value); }
  friend auto operator<=>(const Centicount&, const Centicount&) = default;
};

// A decimal that the wire carries as a JSON string and that is neither dollars nor contracts (`contract_size`, `premium_index`).
struct DecimalString {
  MultiplierDecimal value;
  friend bool operator==(const DecimalString&, const DecimalString&) = default;
};

// One JSON value as it came, for members without a fixed shape (`product_metadata`). Numbers keep their digits.
struct RawJson {
  std::string text;
  friend bool operator==(const RawJson&, const RawJson&) = default;
};

}  // namespace marginfix
