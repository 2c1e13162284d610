// What holds of every message that the gateway sends to a client, whatever the scenario: the dictionaries of fix-spec/oms (our own reading
// and QuickFIX's) let it pass; values are the version's stock ones; numbers and times are written so that every engine reads them; ids,
// quantities and averages of reports fit together. Sources: issue 13 "What other people's systems rely on"; review/engines.md A1 to A3;
// FIX 4.2 appendix D, FIX 4.4 volume 4.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "integration/gateway/message.hpp"
#include "marginfix/core/decimal.hpp"
#include "services/gateway/oms/version.hpp"

namespace marginfix::gateway::script {

// What the version's dictionaries refuse in a message, either way; a line each.
std::vector<std::string> dictionary_faults(FixVersion version, const std::string& wire);
// The same of what goes to the exchange: fix-spec's two files.
std::vector<std::string> exchange_faults(const std::string& wire);

class OmsRules {
 public:
  explicit OmsRules(FixVersion version) : version_(version) {}
  // One message of the gateway's, in the order in which they came. What is wrong with it, a line each.
  std::vector<std::string> check(const std::string& wire);

 private:
  struct Told {  // what the client was told of one order
    std::string cl_ord_id, order_id;
    FixedPointCount cum;
    DollarDecimal value;
    bool working{false};  // New was told
    bool ended{false};
  };

  void fault(const std::string& text) { faults_.push_back(text); }
  void check_values(const Fields& message);
  void check_report(const Fields& report);
  void check_reject(const Fields& reject);
  void check_ids(const Fields& report, Told& told, char exec_type);
  void check_quantities(const Fields& report, const Told& told, char exec_type);
  void check_average(const Fields& report, const Told& told);
  bool is_repeat(const Fields& report);
  std::shared_ptr<Told> told_of(const Fields& report);
  char exec_type_of(const Fields& report) const;

  FixVersion version_;
  std::vector<std::string> faults_;
  std::map<std::string, std::string> exec_ids_;         // 17, the report behind its header
  std::map<std::string, std::shared_ptr<Told>> by_id_;  // every ClOrdID(11) of the client
};

}  // namespace marginfix::gateway::script
