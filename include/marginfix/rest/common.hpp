// What several families of the REST API share: enumerations, marks with their time, the error body.
// Dollars are DollarDecimal, contracts FixedPointCount, JSON doubles MultiplierDecimal (every digit kept); plain values, no I/O.
// Plain members are those without which the object means nothing; what the specification requires but recordings lack is optional.
// Source: rest-perps.md "Scalars and enums", "Types on this page".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "marginfix/domain/order_book.hpp"
#include "marginfix/domain/side_words.hpp"
#include "marginfix/rest/operation.hpp"

namespace marginfix::rest {

enum class MarginMarketStatus : std::uint8_t { inactive, active, closed };
enum class OrderSource : std::uint8_t { user, system };                        // who made the order
enum class OrderReason : std::uint8_t { liquidation, take_profit_stop_loss };  // system orders only
enum class LastUpdateReason : std::uint8_t {
  none,
  Decrease,
  Amend,
  MarginCancel,
  SelfTradeCancel,
  ExpiryCancel,
  Trade,
  PostOnlyCrossCancel,
  ReduceOnlyCancel,
  CloseCancel,
  HaltCancel
};                                                                        // the last two come on the WebSocket only
enum class ExchangeInstance : std::uint8_t { event_contract, margined };  // margined = perps
enum class AssetClass : std::uint8_t { Crypto, Equities, Metals };  // of FCM risk controls; a market's own asset_class is an open text
// A price and when it was known at its source.
struct TickerPrice {
  DollarDecimal price{};
  EpochMillis ts_ms{};
  json::UnknownMembers unknown{};
};

// The flat error body. Bodies of other shapes are read too: see Error.
struct ErrorResponse {
  std::optional<std::string> code{};
  std::optional<std::string> message{};
  std::optional<std::string> details{};
  json::UnknownMembers unknown{};
};

}  // namespace marginfix::rest

template <>
struct marginfix::EnumWords<marginfix::rest::MarginMarketStatus> {
  using E = rest::MarginMarketStatus;
  static constexpr EnumWord<E> kWords[] = {{E::inactive, "inactive"}, {E::active, "active"}, {E::closed, "closed"}};
};
template <>
struct marginfix::EnumWords<marginfix::rest::OrderSource> {
  using E = rest::OrderSource;
  static constexpr EnumWord<E> kWords[] = {{E::user, "user"}, {E::system, "system"}};
};
template <>
struct marginfix::EnumWords<marginfix::rest::OrderReason> {
  using E = rest::OrderReason;
  static constexpr EnumWord<E> kWords[] = {{E::liquidation, "liquidation"}, {E::take_profit_stop_loss, "take_profit_stop_loss"}};
};
template <>
struct marginfix::EnumWords<marginfix::rest::LastUpdateReason> {
  using E = rest::LastUpdateReason;
  static constexpr EnumWord<E> kWords[] = {{E::none, ""},
                                           {E::Decrease, "Decrease"},
                                           {E::Amend, "Amend"},
                                           {E::MarginCancel, "MarginCancel"},
                                           {E::SelfTradeCancel, "SelfTradeCancel"},
                                           {E::ExpiryCancel, "ExpiryCancel"},
                                           {E::Trade, "Trade"},
                                           {E::PostOnlyCrossCancel, "PostOnlyCrossCancel"},
                                           {E::ReduceOnlyCancel, "ReduceOnlyCancel"},
                                           {E::CloseCancel, "CloseCancel"},
                                           {E::HaltCancel, "HaltCancel"}};
};
template <>
struct marginfix::EnumWords<marginfix::rest::ExchangeInstance> {
  using E = rest::ExchangeInstance;
  static constexpr EnumWord<E> kWords[] = {{E::event_contract, "event_contract"}, {E::margined, "margined"}};
};
template <>
struct marginfix::EnumWords<marginfix::rest::AssetClass> {
  using E = rest::AssetClass;
  static constexpr EnumWord<E> kWords[] = {{E::Crypto, "Crypto"}, {E::Equities, "Equities"}, {E::Metals, "Metals"}};
};

MARGINFIX_SCHEMA(marginfix::rest::TickerPrice);
MARGINFIX_SCHEMA(marginfix::rest::ErrorResponse);
MARGINFIX_SCHEMA(marginfix::BookLevel);  // PriceLevelDollarsCountFp: ["0.1500","100.00"]
