// What each account traded, one record a side of a match, for REST's list of fills. The drop-copy history keeps whole reports for three
// hours; this keeps the few numbers of a fill much longer. House accounts are not in it.
#pragma once

#include <algorithm>
#include <deque>
#include <vector>

#include "sim/exchange/book/orders.hpp"

namespace marginfix::sim {

// The oldest fills of an account go first beyond this; some 25 MB an account.
inline constexpr std::size_t kMaxFills = 200'000;

struct FillRecord {
  std::uint64_t no{0};  // from 1 in each account, without holes
  Timestamp time{};
  std::uint64_t match_no{0};
  OrderNo order{0};
  MarketNo market{kNoMarket};
  std::int32_t subaccount{0};
  std::uint32_t customer{0};
  Side side{Side::Buy};
  bool taker{false};
  bool second{false};  // the other side of the match is the account's too (an FCM's customers)
  SystemOrder system{SystemOrder::None};
  Ticks price{0};
  Qty quantity{0};
  DollarDecimal entry_price;  // what `realized` is measured against
  Micros fee{0};
  Micros realized{0};
  // Of the customer's share; the same as above where there are no customers.
  DollarDecimal share_entry_price;
  Micros share_realized{0};
};
template <class Ar>
void fields(Ar& ar, FillRecord& f) {
  ar(f.no, f.time, f.match_no, f.order, f.market, f.subaccount, f.customer, f.side, f.taker, f.second, f.system, f.price, f.quantity,
     f.entry_price, f.fee, f.realized, f.share_entry_price, f.share_realized);
}

class FillLog {
 public:
  struct Records {
    std::uint64_t last{0};
    std::deque<FillRecord> kept;  // oldest first
    std::uint64_t on_disk{0};     // those up to this number stand in files (on_disk.hpp)
  };

  void append(AccountId account, FillRecord record);  // gives it its number
  // The number of the first fill that is not older than this side of this match (FillRecord::second); behind the last where all are.
  std::uint64_t first_not_before(AccountId account, std::uint64_t match_no, bool second) const;
  // Newest first, from the one before number `before` (0 = the newest); the visitor returns false to stop.
  template <class Visitor>
  void visit(AccountId account, std::uint64_t before, Visitor visitor) const {
    if (account >= accounts.size() || accounts[account].kept.empty()) return;
    const std::deque<FillRecord>& kept = accounts[account].kept;
    const std::uint64_t first = kept.front().no;
    std::uint64_t no = before == 0 || before > kept.back().no ? kept.back().no + 1 : before;
    while (no > first && visitor(kept[static_cast<std::size_t>(no - 1 - first)])) --no;
  }

  std::vector<Records> accounts;  // by AccountId
};
// What stands in files is told of elsewhere (on_disk.cpp).
template <class Ar>
void fields(Ar& ar, FillLog::Records& r) {
  ar(r.last);
  if constexpr (Ar::kLoading) {
    ar(r.kept);
  } else {
    const std::uint64_t left = r.last - std::max(r.on_disk, r.last - r.kept.size());
    ar(left);
    for (std::size_t i = r.kept.size() - left; i < r.kept.size(); ++i) ar(r.kept[i]);
  }
}
template <class Ar>
void fields(Ar& ar, FillLog& log) {
  ar(log.accounts);
}

}  // namespace marginfix::sim
