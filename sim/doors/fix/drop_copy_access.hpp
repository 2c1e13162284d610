// Which accounts KalshiDC (and U1 on KalshiNR) is open to. Being allowed later does not bring earlier events, over restarts too.
// Source: changes-2026-11.md D5.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "marginfix/core/result.hpp"
#include "sim/exchange/exchange.hpp"

namespace marginfix::sim {

class DropCopyAccess {
 public:
  // One small file an account that is, or once was, not enabled.
  explicit DropCopyAccess(std::filesystem::path dir) : dir_(std::move(dir)) {}

  // Once, when the engine knows its accounts: those named are not enabled; one that no longer is named is enabled from now on.
  Result<void> open(const Exchange& exchange, const std::vector<std::string>& not_enabled);
  Result<void> set(const Exchange& exchange, const std::string& account, bool enabled);

  bool enabled(AccountId account) const;
  // The last event that happened before the account was enabled: it and all before it are not in its drop copy.
  std::optional<ExecId> blind_until(AccountId account) const;

 private:
  struct Entry {
    bool enabled{false};
    std::optional<ExecId> blind_until;
  };
  std::filesystem::path file(const std::string& account) const { return dir_ / ("drop-copy-" + account); }
  Result<void> write(const std::string& account, const Entry& entry) const;

  std::filesystem::path dir_;
  std::map<AccountId, Entry> entries_;
};

}  // namespace marginfix::sim
