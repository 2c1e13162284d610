// The language of `marginfix fix`: one command a line, words separated by blanks, options as name=value.
// Pure: text in, a request or an Error that says what the line should look like.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "marginfix/core/decimal.hpp"
#include "marginfix/core/result.hpp"
#include "marginfix/core/time.hpp"
#include "marginfix/domain/enums.hpp"

namespace marginfix::apps {

struct NewCommand {
  std::string cl_ord_id;  // empty: made for you
  Side side{};
  std::string symbol;
  FixedPointCount quantity;
  DollarDecimal price;
  std::optional<TimeInForce> time_in_force;
  std::optional<Timestamp> expire_time;
  std::optional<ExecInst> exec_inst;
  std::optional<SelfTradePreventionType> self_trade_prevention;
  std::optional<std::string> group;
  std::optional<int> subaccount;
  std::optional<bool> cancel_on_pause;
};
struct AmendCommand {
  std::string orig_cl_ord_id;
  std::optional<FixedPointCount> quantity;
  std::optional<DollarDecimal> price;
  std::optional<TimeInForce> time_in_force;
  std::optional<Timestamp> expire_time;
  std::string cl_ord_id;  // of the amend, and of the order from then on; empty: made for you
};
struct CancelCommand {
  std::string orig_cl_ord_id;
  std::string cl_ord_id;  // of the cancel; empty: made for you
};
struct MassCancelCommand {};
struct GroupCommand {
  OrderGroupAction action{};
  std::string group_id;
  std::optional<std::int64_t> limit;
  std::optional<int> subaccount;
};
struct BookCommand {
  std::string symbol;
  bool stop{false};
};
struct ResendCommand {
  std::string begin;
  std::optional<std::string> end;
};
// What became of an order whose outcome is unknown: asks REST.
struct FindOutCommand {
  std::string cl_ord_id;
};
struct OrdersCommand {
  bool resting{false};  // asks REST first for those that rest, whoever placed them
};
struct StatusCommand {};
struct HelpCommand {};
struct QuitCommand {};
struct NothingCommand {};  // an empty line or a comment

using ConsoleCommand = std::variant<NothingCommand, NewCommand, AmendCommand, CancelCommand, MassCancelCommand, GroupCommand, BookCommand,
                                    ResendCommand, FindOutCommand, OrdersCommand, StatusCommand, HelpCommand, QuitCommand>;

// Error(config): what is wrong and what the command looks like.
Result<ConsoleCommand> parse_console_line(std::string_view line);
std::string console_help();
// The first words of the commands.
std::vector<std::string> console_verbs();

}  // namespace marginfix::apps
