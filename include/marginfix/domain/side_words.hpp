// The words that REST, WebSocket and Klear write for enumerations that FIX writes as numbers. Source: rest-perps.md "Scalars and enums".
#pragma once

#include "marginfix/domain/enums.hpp"
#include "marginfix/domain/open_enum.hpp"
#include "marginfix/domain/order_book.hpp"

template <>
struct marginfix::EnumWords<marginfix::BookSide> {
  static constexpr EnumWord<BookSide> kWords[] = {{BookSide::bid, "bid"}, {BookSide::ask, "ask"}};
};
template <>
struct marginfix::EnumWords<marginfix::SelfTradePreventionType> {
  static constexpr EnumWord<SelfTradePreventionType> kWords[] = {{SelfTradePreventionType::TakerAtCross, "taker_at_cross"},
                                                                 {SelfTradePreventionType::Maker, "maker"}};
};
