#include "sim/doors/fix/drop_copy_access.hpp"

#include "sim/exchange/values/files.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "sim/exchange/views/orders.hpp"
#include "sim/keys/keys.hpp"

namespace marginfix::sim {
namespace {

constexpr std::string_view kAccessPrefix = "drop-copy-", kClosed = "not enabled\n";

}  // namespace

Result<void> DropCopyAccess::open(const Exchange& exchange, const std::vector<std::string>& not_enabled) {
  std::vector<std::string> remembered;
  const auto files = files_in(dir_);
  if (!files) return files.error();
  for (const std::filesystem::path& each : *files) {
    const std::string name = each.filename().string();
    if (name.starts_with(kAccessPrefix)) remembered.push_back(name.substr(kAccessPrefix.size()));
  }
  for (const std::string& account : remembered) {
    const auto id = views::find_account(exchange.state(), account);
    const auto text = read_file(file(account));
    if (!id || !text) continue;
    if (*text == kClosed) {
      if (auto done = set(exchange, account, true); !done) return done;
    } else {
      entries_[*id] = {true, parse_exec_id(*text)};
    }
  }
  for (const std::string& account : not_enabled) {
    if (auto done = set(exchange, account, false); !done) return done;
  }
  return {};
}

Result<void> DropCopyAccess::set(const Exchange& exchange, const std::string& account, bool enabled) {
  const auto id = views::find_account(exchange.state(), account);
  if (!id) return fail(ErrorCategory::config, "the exchange has no account " + account);
  if (enabled == this->enabled(*id) && entries_.contains(*id)) return {};
  Entry& entry = entries_[*id];
  entry.enabled = enabled;
  entry.blind_until = enabled ? views::last_exec_id(exchange.state(), *id) : std::nullopt;
  return write(account, entry);
}

Result<void> DropCopyAccess::write(const std::string& account, const Entry& entry) const {
  const std::string text = !entry.enabled ? std::string(kClosed) : entry.blind_until ? to_string(*entry.blind_until) : "0;0";
  return write_file(file(account), text, true);
}

bool DropCopyAccess::enabled(AccountId account) const {
  const auto found = entries_.find(account);
  return found == entries_.end() || found->second.enabled;
}

std::optional<ExecId> DropCopyAccess::blind_until(AccountId account) const {
  const auto found = entries_.find(account);
  return found == entries_.end() ? std::nullopt : found->second.blind_until;
}

}  // namespace marginfix::sim
