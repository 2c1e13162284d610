// `marginfix dropcopy`: fetches past execution reports by ExecID from KalshiDC.
#include <fmt/format.h>

#include <future>
#include <utility>

#include "apps/command.hpp"
#include "apps/forms.hpp"
#include "apps/output.hpp"
#include "apps/report_line.hpp"
#include "marginfix/domain/ids.hpp"
#include "marginfix/margin_fix_client.hpp"

namespace marginfix::apps {

namespace {
struct DropCopyArguments {
  std::string cfg, from, to;
  std::vector<std::string> after;  // "0=13768;4"
  int wait_seconds{15};
  FormArguments form;
};

// The exchange would answer anything else with a Reject(3).
Result<void> check_exec_id(std::string_view option, std::string_view text) {
  if (ExecId(text).is_sequenced()) return {};
  return fail(ErrorCategory::config,
              fmt::format("{} {} is no ExecID(17) of a past report: they look like 13768;4 (in quotes: a shell ends the command at ';')",
                          option, text));
}

Result<DropCopyRange> range_of(const DropCopyArguments& arguments) {
  DropCopyRange range{arguments.from, arguments.to.empty() ? std::nullopt : std::optional(arguments.to), {}, {}};
  for (const std::string& mark : arguments.after) {
    const auto equals = mark.find('=');
    if (equals == std::string::npos) return fail(ErrorCategory::config, "--after takes LastMkt=ExecID, such as 0=13768;4, and not " + mark);
    if (auto good = check_exec_id("--after", std::string_view(mark).substr(equals + 1)); !good) return good.error();
    range.after.push_back({mark.substr(0, equals), mark.substr(equals + 1)});
  }
  for (const auto& [option, id] : {std::pair<const char*, const std::string&>{"--from", arguments.from}, {"--to", arguments.to}}) {
    if (id.empty()) continue;
    if (auto good = check_exec_id(option, id); !good) return good.error();
  }
  if (range.begin_exec_id.empty() && range.after.empty())
    return fail(ErrorCategory::config, "say where to begin: --from ExecID, or --after LastMkt=ExecID for each LastMkt there is");
  return range;
}

int run_dropcopy(const DropCopyArguments& arguments, const Globals& globals) {
  auto range = range_of(arguments);
  if (!range) return report(range.error());
  const auto form = MessageForm::of(arguments.form, globals.json);
  if (!form) return report(form.error());
  auto account = load_fix_account(globals.connection, kFixOnly, arguments.cfg, {"KalshiDC"});
  if (!account) return report(account.error());
  if (auto kept = keep_only(account->fix, SessionKind::drop_copy); !kept) return report(kept.error());
  report_findings(account->fix);

  MarginFixClient client(account->fix, account->fix_options(command_log(account->fix)));
  DropCopyHandlers handlers;
  DayClock clock(system_clock().now());
  handlers.on_execution_report = [&](const fix::ExecutionReport& r, const Inbound& in) {
    if (form->records()) return form->record({"KalshiDC", system_clock().now()}, in.raw);
    print_line(globals.json ? json_of("KalshiDC", in) : line_of(r, clock) + findings_of(in));
  };
  bool all_read = true;
  handlers.on_undecodable = [&](const Inbound& in, const Error& error) {
    all_read = false;
    if (form->records()) return static_cast<void>(report(line_of(in, error)));
    print_line(globals.json ? json_of("KalshiDC", in, error) : line_of(in, error));
  };
  client.drop_copy().set_handlers(std::move(handlers));
  if (auto started = client.start(); !started) return report(started.error());
  const RotateOnHangUp rotate(client.message_log());
  if (auto active = client.wait_until_active(std::chrono::seconds(arguments.wait_seconds)); !active) return report(active.error());

  form->begin();
  std::promise<Result<DropCopyResult>> promise;
  auto done = promise.get_future();
  const auto asked =
      client.drop_copy().request(*std::move(range), [&](Result<DropCopyResult> result) { promise.set_value(std::move(result)); });
  if (!asked) return report(asked.error());
  const auto result = done.get();
  client.stop();
  if (!result) return report(result.error());
  if (form->for_people()) {
    std::string next;
    for (const DropCopyMark& mark : result->last_by_mkt) next += fmt::format(" --after '{}={}'", mark.last_mkt, mark.exec_id);
    print_line(fmt::format("{} reports{}", result->reports, next.empty() ? "" : "; what comes after them:" + next));
  }
  if (!result->counts_agree) return report("the exchange announced another number of reports than came: ask for the range again");
  return all_read ? kSuccess : kFailure;
}
}  // namespace

void add_dropcopy_command(CLI::App& root, const Globals& globals, Runner& run) {
  auto* command = root.add_subcommand("dropcopy", "past execution reports by ExecID, at most 3 hours back");
  auto a = std::make_shared<DropCopyArguments>();
  command->add_option("--from", a->from, "first ExecID(17), inclusive, e.g. 1;1")->type_name("EXECID");
  command
      ->add_option("--after", a->after,
                   "LastMkt=ExecID, the last report you have of that exchange index (several allowed; instead of --from: of each)")
      ->type_name("MKT=EXECID");
  command->add_option("--to", a->to, "last ExecID(17), inclusive (default: the latest)")->type_name("EXECID");
  command->add_option("--cfg", a->cfg, "QuickFIX .cfg with a KalshiDC session")->type_name("FILE");
  command->add_option("--wait", a->wait_seconds, "seconds to wait for the Logon (default 15)");
  add_form_options(*command, a->form);
  command->callback([a, &globals, &run] { run = [a, &globals] { return run_dropcopy(*a, globals); }; });
}

}  // namespace marginfix::apps
