// The words that REST, WebSocket and Klear write for enumerations that FIX writes as numbers. Source: rest-perps.md "Scalars and enums".
#pragma once

#include "marginfix/domain/enums.hpp"
#include "marginfix/domain/open_enum.hpp"
#include "marginfix/domain/order_book.hpp"

namespace marginfix {
// REST and the WebSocket name the side of an order by the side of the book it would rest on.
constexpr Side to_side(BookSide side) noexcept { return side == BookSide::bid ? Side::Buy : Side::Sell; }
}  // namespace marginfix

template <>
struct marginfix::EnumWords<marginfix::BookSide> {
  static constexpr EnumWord<BookSide> kWords[] = {{BookSide::bid, "bid"}, {BookSide::ask, "ask"}};
};
template <>
struct marginfix::EnumWords<marginfix::SelfTradePreventionType> {
  static constexpr EnumWord<SelfTradePreventionType> kWords[] = {{SelfTradePreventionType::TakerAtCross, "taker_at_cross"},
                                                                 {SelfTradePreventionType::Maker, "maker"}};
};
