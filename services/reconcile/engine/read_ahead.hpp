// Rows that records will look for, asked for all at once where the ledger is far away (Storage::reads_ahead). What is not foreseen is found
// one by one, as anywhere: nothing but time depends on it.
#pragma once

#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "services/reconcile/journal/record.hpp"
#include "services/reconcile/ledger/storage.hpp"
#include "services/reconcile/values.hpp"

namespace marginfix::reconcile {

class ReadAhead {
 public:
  explicit ReadAhead(Storage& storage) : storage_(storage), on_(storage.reads_ahead()) {}

  bool on() const noexcept { return on_; }
  void report(const std::string& account, const std::string& last_mkt, const std::string& exec_id);
  void order(const std::string& account, const std::string& order_id);
  // As `source` tells it, and as it is booked.
  void fill(Source source, const std::string& account, const std::string& order_id, const std::string& trade_id);
  void telling(Source source, const std::string& account, const std::string& order_id, const std::string& trade_id);
  void ask();

 private:
  Storage& storage_;
  bool on_;
  std::vector<std::tuple<std::string, std::string, std::string>> reports_, fills_;
  std::vector<std::tuple<Source, std::string, std::string, std::string>> tellings_;
  std::set<std::tuple<std::string, std::string>> orders_;
};

// ExecutionReports(8) of a batch.
void read_ahead(Storage& storage, const std::vector<Record>& batch);

}  // namespace marginfix::reconcile
