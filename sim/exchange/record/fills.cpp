#include "sim/exchange/record/fills.hpp"

#include <utility>

namespace marginfix::sim {

void FillLog::append(AccountId account, FillRecord record) {
  if (account >= accounts.size()) accounts.resize(account + 1);
  Records& r = accounts[account];
  record.no = ++r.last;
  record.second = !r.kept.empty() && r.kept.back().match_no == record.match_no;
  r.kept.push_back(record);
  if (r.kept.size() > kMaxFills) r.kept.pop_front();
}

std::uint64_t FillLog::first_not_before(AccountId account, std::uint64_t match_no, bool second) const {
  if (account >= accounts.size()) return 1;
  const Records& r = accounts[account];
  const auto side = [](const FillRecord& f) { return std::pair(f.match_no, f.second); };
  const auto found = std::ranges::lower_bound(r.kept, std::pair(match_no, second), {}, side);
  return r.last + 1 - static_cast<std::uint64_t>(r.kept.end() - found);
}

}  // namespace marginfix::sim
