// Slab and indexes of the engine's orders.
#include "sim/exchange/book/orders.hpp"

#include <functional>

#include "sim/exchange/values/random.hpp"

namespace marginfix::sim {
namespace {
std::uint64_t cl_hash(AccountId account, std::string_view text) noexcept {
  return mix64(std::hash<std::string_view>{}(text) ^ (static_cast<std::uint64_t>(account) << 32));
}
}  // namespace

OrderIx OrderStore::add(const Order& order) {
  OrderIx ix{};
  if (!free_.empty()) {
    ix = free_.back();
    free_.pop_back();
  } else {
    ix = used_++;
    if ((ix >> kShift) == chunks_.size()) chunks_.push_back(std::make_unique<Chunk>());
  }
  (*this)[ix] = order;
  by_no_[order.no % kParts][order.no] = ix;
  index_cl(ix);
  return ix;
}

void OrderStore::remove(OrderIx ix) {
  unindex_cl(ix);
  const OrderNo no = (*this)[ix].no;
  by_no_[no % kParts].erase(no);
  free_.push_back(ix);
}

void OrderStore::rename(OrderIx ix, std::string_view cl_ord_id) {
  unindex_cl(ix);
  (*this)[ix].cl_ord_id = ShortText(cl_ord_id);
  index_cl(ix);
}

OrderIx OrderStore::find(OrderNo no) const noexcept {
  const auto& part = by_no_[no % kParts];
  const auto it = part.find(no);
  return it == part.end() ? kNil : it->second;
}

OrderIx OrderStore::find(AccountId account, std::string_view cl_ord_id) const noexcept {
  const std::uint64_t hash = cl_hash(account, cl_ord_id);
  const auto& part = by_cl_[hash % kParts];
  const auto it = part.find(hash);
  if (it == part.end()) return kNil;
  OrderIx newest = kNil;
  for (OrderIx ix = it->second; ix != kNil; ix = (*this)[ix].same_cl) {
    const Order& o = (*this)[ix];
    if (o.account != account || o.cl_ord_id.view() != cl_ord_id) continue;
    if (o.open) return ix;
    if (newest == kNil || o.no > (*this)[newest].no) newest = ix;
  }
  return newest;
}

void OrderStore::index_cl(OrderIx ix) {
  Order& o = (*this)[ix];
  if (o.cl_ord_id.view().empty()) return;  // the house's: found by number only
  const std::uint64_t hash = cl_hash(o.account, o.cl_ord_id.view());
  auto [it, fresh] = by_cl_[hash % kParts].try_emplace(hash, kNil);
  o.same_cl = it->second;
  it->second = ix;
}

void OrderStore::unindex_cl(OrderIx ix) {
  Order& o = (*this)[ix];
  if (o.cl_ord_id.view().empty()) return;
  const std::uint64_t hash = cl_hash(o.account, o.cl_ord_id.view());
  auto& part = by_cl_[hash % kParts];
  const auto it = part.find(hash);
  OrderIx* at = &it->second;
  while (*at != ix) at = &(*this)[*at].same_cl;
  *at = o.same_cl;
  o.same_cl = kNil;
  if (it->second == kNil) part.erase(it);
}

}  // namespace marginfix::sim
