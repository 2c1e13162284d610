// Reads the fills since a time, and the orders that rest, were made since or were asked for, page by page.
#include "marginfix/rest/missed.hpp"

#include <algorithm>
#include <set>

#include "marginfix/perps_client.hpp"
#include "marginfix/rest/domain_values.hpp"

namespace marginfix::rest {
namespace {

Result<void> read_fills(PerpsClient& client, EpochSeconds from, std::vector<Fill>& fills) {
  for (const auto& one : client.portfolio().fills_all({.min_ts = from})) {
    if (!one) return one.error();
    auto fill = to_fill(*one);
    if (!fill) return fill.error();
    fills.push_back(*std::move(fill));
  }
  std::ranges::stable_sort(fills, {}, &Fill::transact_time);
  return {};
}

Result<void> read_orders(PerpsClient& client, const GetMarginOrders& which, std::set<std::string>& known,
                         std::vector<MarginOrder>& orders) {
  for (const auto& one : client.orders().list_all(which)) {
    if (!one) return one.error();
    if (known.insert(one->order_id).second) orders.push_back(*one);
  }
  return {};
}

}  // namespace

Result<Missed> missed(PerpsClient& client, const MissedQuery& query) {
  // min_ts is exclusive and in whole seconds.
  const EpochSeconds from{EpochSeconds::of(query.since - query.overlap).value - 1};
  Missed missed;
  if (auto done = read_fills(client, from, missed.fills); !done) return done.error();
  std::set<std::string> known;
  if (auto done = read_orders(client, {.status = "resting"}, known, missed.orders); !done) return done.error();
  if (auto done = read_orders(client, {.min_ts = from}, known, missed.orders); !done) return done.error();
  for (const std::string& id : query.order_ids) {
    if (known.contains(id)) continue;
    auto answer = client.orders().get({.order_id = id});
    if (!answer) return answer.error();
    known.insert(id);
    missed.orders.push_back(std::move(answer->order));
  }
  return missed;
}

}  // namespace marginfix::rest
