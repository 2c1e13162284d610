// Runs an operation on the client of its API, or prints what it would be.
#include "apps/rest/rest_command.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

#include "apps/output.hpp"
#include "apps/rest/call.hpp"
#include "apps/rest/call_help.hpp"
#include "apps/rest/dry_run.hpp"
#include "marginfix/klear_client.hpp"
#include "marginfix/perps_client.hpp"

namespace marginfix::apps {
namespace {

using rest::Api;
using rest::OperationInfo;

// `secret` is taken out, should an answer have repeated it.
int report_call(const Error& error, std::string_view secret = {}) { return report(error_line(error, secret)); }

std::string_view without_line_end(std::string_view text) { return text.ends_with('\n') ? text.substr(0, text.size() - 1) : text; }

void print_rows(std::string_view text) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    print_csv(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

// How far a list of many pages is; gone at the end.
class PagesShown {
 public:
  ~PagesShown() {
    if (shown_) show_progress("");
  }
  void operator()(std::size_t pages, std::size_t items) {
    shown_ = true;
    show_progress(fmt::format("{} pages, {} items", pages, items));
  }

 private:
  bool shown_{false};
};

template <class Client>
int call(Client& client, const OperationInfo& info, json::AnyValue& request, const CallLine& line, std::string_view secret = {}) {
  const Sender send = [&](const OperationInfo& operation, const void* one) -> Result<Answer> {
    auto response = client.call_raw(operation, one);
    if (!response) {
      Error error = response.error();
      if (operation.is_read()) error.may_have_been_sent = false;  // a read that arrived has changed nothing
      return error;
    }
    return Answer{response->status, std::move(response->body)};
  };
  Result<std::string> text = [&] {
    PagesShown progress;
    return perform(info, request, line, send, [&](std::size_t pages, std::size_t items) { progress(pages, items); });
  }();
  if (!text) return report_call(text.error(), secret);
  if (line.csv)
    print_rows(*text);
  else if (line.table)
    print_lines(*text);
  else if (!text->empty())
    print_json(without_line_end(*text));
  return kSuccess;
}

int call_perps(const OperationInfo& info, json::AnyValue& request, const CallLine& line) {
  const auto account = load_account(line.connection, kRestOnly);
  if (!account) return report_call(account.error());
  if (line.dry_run) {
    print_lines(dry_run(account->rest, info, request.get(), line.json));
    return kSuccess;
  }
  PerpsClient client(account->rest, account->rest_options(key_warnings()));
  return call(client, info, request, line);
}

int call_klear(const OperationInfo& info, json::AnyValue& request, const CallLine& line) {
  const auto account = load_account(line.connection, kKlearOnly);
  if (!account) return report_call(account.error());
  if (line.dry_run) {
    print_lines(dry_run(*account->klear, info, request.get(), line.json));
    return kSuccess;
  }
  KlearClient client(*account->klear, account->rest_options(key_warnings()));
  return call(client, info, request, line, account->klear->access_token.reveal());
}

// --list and --help, of as much as the words name.
int print_help(Api api, const CallLine& line) {
  const bool perps = api == Api::perps;
  if (line.words.empty()) {
    print_lines(line.list ? operations_list(api, {}, line.json) : command_help(api));
    return kSuccess;
  }
  if (perps && line.words.size() == 1) {
    const std::string list = operations_list(api, line.words[0], line.json);
    if (list.empty()) return report_call(named_operation(api, line).error());
    print_lines(list);
    return kSuccess;
  }
  const auto info = named_operation(api, line);
  if (!info) return report_call(info.error());
  print_lines(operation_help(**info));
  return kSuccess;
}

int run(Api api, std::span<const std::string> arguments) {
  auto line = parse_call_line(arguments);
  if (!line) return report_call(line.error());
  line->width = stdout_is_terminal() ? terminal_size().columns : 0;
  if (line->help || line->list) return print_help(api, *line);
  const auto info = named_operation(api, *line);
  if (!info) return report_call(info.error());
  auto request = build_request(**info, *line);
  if (!request) return report_call(request.error());
  return api == Api::perps ? call_perps(**info, *request, *line) : call_klear(**info, *request, *line);
}

}  // namespace

std::size_t command_word(const std::vector<std::string>& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!words[i].starts_with('-')) return i;
    if (words[i] == "--endpoints" || words[i] == "--account" || words[i] == "--env") ++i;
  }
  return words.size();
}

std::optional<int> run_operation_command(std::vector<std::string> words) {
  const std::size_t at = command_word(words);
  if (at >= words.size() || (words[at] != "rest" && words[at] != "klear")) return std::nullopt;
  const Api api = words[at] == "rest" ? Api::perps : Api::klear;
  words.erase(words.begin() + static_cast<std::ptrdiff_t>(at));
  return run(api, words);
}

void describe_operation_commands(CLI::App& root) {
  root.add_subcommand("rest", "any operation of the REST API, answered in JSON (rest --list)");
  root.add_subcommand("klear", "any operation of the clearing members' API, answered in JSON (klear --list)");
}

}  // namespace marginfix::apps
