// See fills.hpp.
#include "sim/exchange/record/fills.hpp"

namespace marginfix::sim {

void FillLog::append(AccountId account, FillRecord record) {
  if (account >= accounts.size()) accounts.resize(account + 1);
  Records& r = accounts[account];
  record.no = ++r.last;
  record.second = !r.kept.empty() && r.kept.back().match_no == record.match_no;
  r.kept.push_back(record);
  if (r.kept.size() > kMaxFills) r.kept.pop_front();
}

}  // namespace marginfix::sim
