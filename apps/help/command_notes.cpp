#include "apps/help/command_notes.hpp"

#include <algorithm>
#include <vector>

namespace marginfix::apps {
namespace {

struct CommandNotes {
  std::string_view path;
  std::vector<CommandExample> examples;
  std::vector<ExitCode> exit_codes{};
};

const std::vector<CommandNotes>& all_notes() {
  static const std::vector<CommandNotes> notes{
      {"",
       {{"marginfix demo", "the main job, start to finish, in half a minute"},
        {"marginfix sim --dir ~/exchange", "an exchange to try things on"},
        {"export MARGINFIX_ENDPOINTS=~/exchange/endpoints.json", "and every command works on it"},
        {"marginfix check", "is everything as it should be?"}}},
      {"demo", {{"marginfix demo", "the whole story"}, {"marginfix demo --through gateway", "orders of plain FIX 4.2 and 4.4 clients"}}},
      {"sim",
       {{"marginfix sim --dir ~/exchange", "keys, ports, orders and money are there again at the next start"},
        {"marginfix sim --dir ~/exchange --json", "one line when every door is open: {\"ready\":{...}}"}}},
      {"fix",
       {{"marginfix fix --session NR", "a prompt, with history; help lists the commands"},
        {"echo 'new buy KXLTCPERP 3 4.0000' | marginfix fix --session NR", "one order, and the answers to it"},
        {"marginfix fix --session NR --json --flat < orders.txt | jq -r .ClOrdID", "names as members"},
        {"marginfix fix --session RT --reset-once", "when the store and the exchange do not agree any more"}}},
      {"md",
       {{"marginfix md --symbol KXBTCPERP KXETHPERP", "books and trades on the whole terminal; q ends it"},
        {"marginfix md --symbol KXBTCPERP --depth 3 > log", "a line whenever one of the best three levels changes"}}},
      {"dropcopy",
       {{"marginfix dropcopy --from '0;0'", "the last three hours"},
        {"marginfix dropcopy --from '0;0' --csv > reports.csv", "a column a field"},
        {"marginfix dropcopy --after '0=13768;4'", "what came behind the last report that is known"}}},
      {"decode",
       {{"marginfix decode FIX.log", "every message in words, and what is wrong with it"},
        {"marginfix decode --json --flat FIX.log.gz | jq -r .ClOrdID", "names as members"},
        {"marginfix decode --lint FIX50SP2.xml", "what a dictionary would refuse of what is documented"}},
       {{2, "--lint: messages that would be refused"}, {3, "some of the log could not be read"}}},
      {"check",
       {{"marginfix check", "FIX, REST, WebSocket and Klear, one line a finding"},
        {"marginfix check --monitor --warning-ms 200 --critical-ms 1000", "one line with figures, for Nagios and its like"}},
       {{2, "--monitor: CRITICAL"}, {3, "--monitor: UNKNOWN, such as a configuration that cannot be read"}}},
      {"rest",
       {{"marginfix rest --list", "the operations"},
        {"marginfix rest orders create --help", "the parameters of one"},
        {"marginfix rest markets list --table", "columns that fit the terminal"},
        {"marginfix rest markets list --csv --columns ticker,price", "these alone, for a spreadsheet"}}},
      {"klear", {{"marginfix klear --list", "the operations"}, {"marginfix klear settlement_balance --table", "for people"}}},
      {"ws", {{"marginfix ws --channel trade ticker", "every frame of two channels, one JSON object a line"}}},
      {"reconcile run", {{"marginfix reconcile run --once --config reconcile.toml", "one pass"}}, {{2, "--once: breaks"}}},
      {"completion",
       {{"marginfix completion bash > ~/.local/share/bash-completion/completions/marginfix", "for bash"},
        {"marginfix completion zsh > ~/.zfunc/_marginfix", "for zsh, with ~/.zfunc in fpath"},
        {"marginfix completion fish > ~/.config/fish/completions/marginfix.fish", "for fish"}}},
      {"man", {{"marginfix man fix | man -l -", "a page without installing it"}}},
  };
  return notes;
}

const CommandNotes* notes_of(std::string_view path) {
  const auto found = std::ranges::find(all_notes(), path, &CommandNotes::path);
  return found == all_notes().end() ? nullptr : &*found;
}

}  // namespace

std::span<const CommandExample> examples_of(std::string_view path) {
  const CommandNotes* notes = notes_of(path);
  return notes == nullptr ? std::span<const CommandExample>() : notes->examples;
}

std::span<const ExitCode> exit_codes_of(std::string_view path) {
  const CommandNotes* notes = notes_of(path);
  return notes == nullptr ? std::span<const ExitCode>() : notes->exit_codes;
}

std::span<const VariableNote> environment_variables() {
  static constexpr VariableNote kVariables[] = {
      {"MARGINFIX_ENDPOINTS", "endpoints.json of a simulated exchange, where neither --endpoints nor --env nor --cfg says otherwise"},
      {"KALSHI_PERPS_KEY_ID, KALSHI_PERPS_PRIVATE_KEY_PATH", "the API key of a real account; docs/configuration.md has every variable"},
      {"KALSHI_KLEAR_ADMIN_USER_ID, KALSHI_KLEAR_ACCESS_TOKEN", "of a clearing member"},
      {"NO_COLOR", "set: no colours; md draws its screen all the same"},
      {"TERM", "dumb: plain lines, no colours, no line editing"},
      {"MARGINFIX_HISTORY", "where fix keeps its history; empty: nowhere (default: ~/.local/state/marginfix/fix_history)"},
  };
  return kVariables;
}

}  // namespace marginfix::apps
