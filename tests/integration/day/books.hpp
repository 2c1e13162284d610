// An account's books, kept from scratch: what its fills, the published funding rates and its own transfers must have made of its deposits.
// Pure functions of what was heard; nothing here has seen the exchange's ledger. Money and contracts are exact.
// Rules: an average-cost position, closed parts taken at the average towards zero to the micro-dollar; funding = -position x mark x rate,
// half to even; what a flat subaccount owes is made good by the insurance. Source: docs/rest.md; rest-perps.md "Funding".
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "integration/day/heard.hpp"
#include "marginfix/rest/funding.hpp"

namespace marginfix::day {

using Amount = std::int64_t;                           // micro-dollars
using Contracts = std::int64_t;                        // hundredths
using Held = std::pair<int, std::string>;              // subaccount, ticker
using LineName = std::pair<std::string, std::string>;  // customer ("" = own), ticker
__extension__ typedef __int128 Wide;                   // for products before a division

inline Contracts size_of(Contracts n) { return n < 0 ? -n : n; }
// Prices have four decimals at most and contracts two: exact.
inline Amount worth(DollarDecimal price, Contracts n) {
  return static_cast<Amount>(static_cast<Wide>(price.units()) * n / FixedPointCount::kOne);
}

struct Position {
  Contracts net{0};
  Amount cost{0};  // what the net position was entered for: positive long, negative short
  Amount realized{0};
  Amount fees{0};
  Amount open_fees{0};  // since it was last opened from flat
  DollarDecimal entry_price() const;
};
// What a fill did.
struct Booked {
  Amount realized{0};
  DollarDecimal measured_against;  // the average before it; of the new position when it closed nothing
};
struct CashMove {  // a transfer in or out
  Timestamp time{};
  int subaccount{0};
  Amount amount{0};
};
struct Payment {  // of funding
  Timestamp time{};
  std::string ticker;
  int subaccount{0};
  Contracts quantity{0};
  Amount amount{0};
};
// A customer's business in a market, as clearing sees it.
struct Line {
  Contracts net{0};
  Amount flow{0};  // what sales brought less what purchases took
  Amount funding{0};
  Amount fees{0};
};

struct Books {
  std::map<Held, Position> positions;
  std::map<int, Amount> cash;
  std::map<LineName, Line> lines;
  std::vector<Payment> payments;        // oldest first
  std::map<std::string, Booked> fills;  // by ExecID
  Amount insured{0};
};

struct History {
  std::vector<Amount> deposits;  // by subaccount, at the very start
  std::vector<HeardFill> fills;  // in order
  std::vector<CashMove> moves;
  std::vector<rest::MarginFundingRate> rates;
};

// As of `until`: funding up to and including it, fills and transfers before it (what is due at a moment runs before what is asked at it).
Books keep_books(const History& history, Timestamp until = Timestamp::max());

// -position x mark x rate.
Amount funding_amount(Contracts net, DollarDecimal mark, const MultiplierDecimal& rate);

}  // namespace marginfix::day
