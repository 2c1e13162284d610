#include "apps/fix_console.hpp"

#include <algorithm>
#include <charconv>

#include "apps/rest/nearest.hpp"

namespace marginfix::apps {

namespace {
constexpr std::string_view kNewUsage =
    "new buy|sell SYMBOL QUANTITY PRICE [tif=day|gtc|ioc|fok|gtd] [expire=YYYYMMDD-HH:MM:SS] [post-only] [reduce-only] "
    "[stp=taker|maker] [group=ID] [account=N] [cancel-on-pause] [id=CLORDID]";
constexpr std::string_view kAmendUsage =
    "amend CLORDID [qty=TOTAL] [price=P] [tif=day|gtc|gtd] [expire=YYYYMMDD-HH:MM:SS] [id=NEW-CLORDID]";
constexpr std::string_view kCancelUsage = "cancel CLORDID [id=NEW-CLORDID]";
constexpr std::string_view kGroupUsage = "group create LIMIT | group reset|delete|trigger ID | group update ID LIMIT  [account=N]";

Error usage(std::string_view problem, std::string_view form) {
  return fail(ErrorCategory::config, std::string(problem) + "; it goes: " + std::string(form));
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const auto start = line.find_first_not_of(" \t\r");
    if (start == std::string_view::npos) break;
    line.remove_prefix(start);
    const auto end = std::min(line.find_first_of(" \t\r"), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
  return words;
}

// Options of one line: name=value, or a bare word (value empty).
struct Options {
  std::map<std::string, std::string, std::less<>> given;
  std::optional<std::string> take(std::string_view name) {
    const auto it = given.find(name);
    if (it == given.end()) return {};
    std::string value = it->second;
    given.erase(it);
    return value;
  }
};

Options options_of(const std::vector<std::string_view>& words, std::size_t from) {
  Options options;
  for (std::size_t i = from; i < words.size(); ++i) {
    const auto equals = words[i].find('=');
    if (equals == std::string_view::npos)
      options.given.emplace(words[i], "");
    else
      options.given.emplace(words[i].substr(0, equals), words[i].substr(equals + 1));
  }
  return options;
}

template <class N>
bool to_number(std::string_view text, N& out) {
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), out);
  return ec == std::errc{} && end == text.data() + text.size();
}

std::optional<TimeInForce> time_in_force_of(std::string_view word) {
  if (word == "day") return TimeInForce::Day;
  if (word == "gtc") return TimeInForce::GTC;
  if (word == "ioc") return TimeInForce::IOC;
  if (word == "fok") return TimeInForce::FOK;
  if (word == "gtd") return TimeInForce::GTD;
  return {};
}

template <class Command>
std::optional<Error> take_expiry(Options& options, Command& command, std::string_view form) {
  if (const auto tif = options.take("tif")) {
    command.time_in_force = time_in_force_of(*tif);
    if (!command.time_in_force) return usage("tif=" + *tif + " is none of day, gtc, ioc, fok, gtd", form);
  }
  if (const auto expire = options.take("expire")) {
    const auto time = parse_fix_utc(*expire);
    if (!time) return usage("expire=" + *expire + " is no UTC time", form);
    command.expire_time = *time;
    if (!command.time_in_force) command.time_in_force = TimeInForce::GTD;
  }
  return {};
}

template <class Command>
std::optional<Error> take_subaccount(Options& options, Command& command, std::string_view form) {
  const auto text = options.take("account");
  if (!text) return {};
  int number = -1;
  if (!to_number(*text, number) || number < 0 || number > 63) return usage("account=" + *text + " is no subaccount 0 to 63", form);
  command.subaccount = number;
  return {};
}

std::optional<Error> nothing_left(const Options& options, std::string_view form) {
  if (options.given.empty()) return {};
  return usage("'" + options.given.begin()->first + "' is not understood", form);
}

std::optional<Error> take_new_options(Options& options, NewCommand& command) {
  if (options.take("post-only")) command.exec_inst = ExecInst::PostOnly;
  if (options.take("reduce-only")) {
    if (command.exec_inst) return usage("post-only and reduce-only exclude each other", kNewUsage);
    command.exec_inst = ExecInst::ReduceOnly;
  }
  if (options.take("cancel-on-pause")) command.cancel_on_pause = true;
  if (const auto stp = options.take("stp")) {
    if (*stp != "taker" && *stp != "maker") return usage("stp is taker or maker", kNewUsage);
    command.self_trade_prevention = *stp == "taker" ? SelfTradePreventionType::TakerAtCross : SelfTradePreventionType::Maker;
  }
  command.group = options.take("group");
  if (const auto id = options.take("id")) command.cl_ord_id = *id;
  return {};
}

Result<ConsoleCommand> parse_new(const std::vector<std::string_view>& words) {
  if (words.size() < 5) return usage("new needs side, symbol, quantity and price", kNewUsage);
  NewCommand command;
  if (words[1] != "buy" && words[1] != "sell") return usage("'" + std::string(words[1]) + "' is neither buy nor sell", kNewUsage);
  command.side = words[1] == "buy" ? Side::Buy : Side::Sell;
  command.symbol = words[2];
  const auto quantity = FixedPointCount::parse(words[3]);
  if (!quantity) return usage(quantity.error().message, kNewUsage);
  const auto price = DollarDecimal::parse(words[4]);
  if (!price) return usage(price.error().message, kNewUsage);
  command.quantity = *quantity;
  command.price = *price;
  Options options = options_of(words, 5);
  if (auto error = take_expiry(options, command, kNewUsage)) return *error;
  if (auto error = take_subaccount(options, command, kNewUsage)) return *error;
  if (auto error = take_new_options(options, command)) return *error;
  if (auto error = nothing_left(options, kNewUsage)) return *error;
  return ConsoleCommand(std::move(command));
}

Result<ConsoleCommand> parse_amend(const std::vector<std::string_view>& words) {
  if (words.size() < 3) return usage("amend needs an order and a change", kAmendUsage);
  AmendCommand command;
  command.orig_cl_ord_id = words[1];
  Options options = options_of(words, 2);
  if (const auto text = options.take("qty")) {
    const auto quantity = FixedPointCount::parse(*text);
    if (!quantity) return usage(quantity.error().message, kAmendUsage);
    command.quantity = *quantity;
  }
  if (const auto text = options.take("price")) {
    const auto price = DollarDecimal::parse(*text);
    if (!price) return usage(price.error().message, kAmendUsage);
    command.price = *price;
  }
  if (auto error = take_expiry(options, command, kAmendUsage)) return *error;
  command.cl_ord_id = options.take("id").value_or("");
  if (auto error = nothing_left(options, kAmendUsage)) return *error;
  return ConsoleCommand(std::move(command));
}

Result<ConsoleCommand> parse_cancel(const std::vector<std::string_view>& words) {
  if (words.size() < 2) return usage("cancel needs one order", kCancelUsage);
  Options options = options_of(words, 2);
  CancelCommand command{std::string(words[1]), options.take("id").value_or("")};
  if (auto error = nothing_left(options, kCancelUsage)) return *error;
  return ConsoleCommand(std::move(command));
}

Result<ConsoleCommand> parse_orders(const std::vector<std::string_view>& words) {
  if (words.size() == 1) return ConsoleCommand(OrdersCommand{});
  if (words.size() == 2 && words[1] == "resting") return ConsoleCommand(OrdersCommand{true});
  return usage("orders takes one word at most", "orders [resting]");
}

Result<ConsoleCommand> parse_group(const std::vector<std::string_view>& words) {
  if (words.size() < 3) return usage("group needs an action and its argument", kGroupUsage);
  static constexpr std::pair<std::string_view, OrderGroupAction> kActions[] = {{"create", OrderGroupAction::Create},
                                                                               {"reset", OrderGroupAction::Reset},
                                                                               {"delete", OrderGroupAction::Delete},
                                                                               {"trigger", OrderGroupAction::Trigger},
                                                                               {"update", OrderGroupAction::Update}};
  const auto* action = std::ranges::find(kActions, words[1], &std::pair<std::string_view, OrderGroupAction>::first);
  if (action == std::end(kActions)) return usage("'" + std::string(words[1]) + "' is no group action", kGroupUsage);
  GroupCommand command;
  command.action = action->second;
  std::size_t next = 2;
  if (command.action != OrderGroupAction::Create) command.group_id = words[next++];
  if (command.action == OrderGroupAction::Create || command.action == OrderGroupAction::Update) {
    std::int64_t limit = 0;
    if (next >= words.size() || !to_number(words[next], limit)) return usage("a contracts limit is missing", kGroupUsage);
    command.limit = limit;
    ++next;
  }
  Options options = options_of(words, next);
  if (auto error = take_subaccount(options, command, kGroupUsage)) return *error;
  if (auto error = nothing_left(options, kGroupUsage)) return *error;
  return ConsoleCommand(std::move(command));
}

Result<ConsoleCommand> parse_book(const std::vector<std::string_view>& words) {
  if (words.size() == 2) return ConsoleCommand(BookCommand{std::string(words[1]), false});
  if (words.size() == 3 && words[2] == "stop") return ConsoleCommand(BookCommand{std::string(words[1]), true});
  return usage("book needs a symbol", "book SYMBOL [stop]");
}

Result<ConsoleCommand> parse_resend(const std::vector<std::string_view>& words) {
  if (words.size() < 2 || words.size() > 3) return usage("resend needs an ExecID(17)", "resend FROM [TO]");
  ResendCommand command{std::string(words[1]), {}};
  if (words.size() == 3) command.end = std::string(words[2]);
  return ConsoleCommand(std::move(command));
}
}  // namespace

Result<ConsoleCommand> parse_console_line(std::string_view line) {
  const auto words = words_of(line);
  if (words.empty() || words[0].starts_with('#')) return ConsoleCommand(NothingCommand{});
  const std::string_view verb = words[0];
  if (verb == "new") return parse_new(words);
  if (verb == "amend") return parse_amend(words);
  if (verb == "cancel") return parse_cancel(words);
  if (verb == "mass-cancel") return ConsoleCommand(MassCancelCommand{});
  if (verb == "group") return parse_group(words);
  if (verb == "book") return parse_book(words);
  if (verb == "resend") return parse_resend(words);
  if (verb == "find-out")
    return words.size() == 2 ? Result<ConsoleCommand>(FindOutCommand{std::string(words[1])})
                             : usage("find-out needs one order", "find-out CLORDID");
  if (verb == "orders") return parse_orders(words);
  if (verb == "status") return ConsoleCommand(StatusCommand{});
  if (verb == "help") return ConsoleCommand(HelpCommand{});
  if (verb == "quit" || verb == "exit") return ConsoleCommand(QuitCommand{});
  const auto verbs = console_verbs();
  return fail(ErrorCategory::config,
              "'" + std::string(verb) + "' is no command" + did_you_mean(verb, {verbs.begin(), verbs.end()}) + "; help lists them");
}

std::vector<std::string> console_verbs() {
  return {"new", "amend", "cancel", "mass-cancel", "group", "book", "resend", "find-out", "orders", "status", "help", "quit"};
}

std::string console_help() {
  std::string text;
  for (const std::string_view form :
       {kNewUsage, kAmendUsage, kCancelUsage, std::string_view("mass-cancel            (KalshiNR, once a second)"), kGroupUsage,
        std::string_view("book SYMBOL [stop]     (KalshiMD)"), std::string_view("resend FROM [TO]       (KalshiDC, by ExecID)"),
        std::string_view("find-out CLORDID       (what became of it, over REST)"),
        std::string_view("orders [resting]       (resting: asks REST; orders of earlier runs are among them)"),
        std::string_view("status | help | quit")}) {
    text += "  " + std::string(form) + "\n";
  }
  text.pop_back();
  return text;
}

}  // namespace marginfix::apps
