// `marginfix gateway`: the OMS/EMS gateway, and what is asked of one that runs.
#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <filesystem>
#include <utility>

#include "apps/command.hpp"
#include "apps/gateway/page_client.hpp"
#include "apps/gateway/views.hpp"
#include "apps/output.hpp"
#include "marginfix/json/writer.hpp"
#include "services/gateway/gateway.hpp"
#include "services/gateway/web/api.hpp"

namespace marginfix::apps {
namespace {

using gateway::GatewayRunOptions;

struct GatewayArguments {
  std::string dir{"gateway"}, config;
  std::string reason;         // kill
  std::string client, order;  // orders, replay
  bool open{false};
  std::size_t most{1'000};
};

Result<GatewayRunOptions> run_options(const GatewayArguments& a, const Globals& globals) {
  const ConnectionOptions& connection = globals.connection;
  if (a.config.empty()) return fail(ErrorCategory::config, "--config FILE is needed: config/gateway.cfg is one to begin with");
  if (!connection.env.empty() && !connection.endpoints.empty()) {
    return fail(ErrorCategory::config, "--endpoints and --env name two different exchanges: give one of them");
  }
  GatewayRunOptions options;
  options.config = a.config;
  options.dir = a.dir;
  options.endpoints = chosen_endpoints(connection);
  options.account = connection.account;
  options.env = connection.env;
  options.version = MARGINFIX_VERSION;
  return options;
}

std::string page_line(const std::string& page) {
  std::string json;
  json::Writer(json).begin_object().member("page", page).end_object();
  return json;
}

int run_it(const GatewayArguments& a, const Globals& globals) {
  catch_stop_signals();
  auto options = run_options(a, globals);
  if (!options) return report(options.error());
  options->log = make_spdlog_sink({});
  options->ready = [&](const std::string& page) { print_line(globals.json ? page_line(page) : "page " + page); };
  const auto ended = gateway::run_gateway(*options, [] { return stop_requested(); });
  return ended ? kSuccess : report(ended.error());
}

int check_it(const GatewayArguments& a, const Globals& globals) {
  auto options = run_options(a, globals);
  if (!options) return report(options.error());
  options->log = key_warnings();
  const auto found = gateway::check_gateway(*options);
  if (!found) return report(found.error());
  if (!globals.json) {
    for (const std::string& line : *found) print_line(line);
    return kSuccess;
  }
  std::string text;
  json::Writer json(text);
  json.begin_object().key("found").begin_array();
  for (const std::string& line : *found) json.value(line);
  json.end_array().end_object();
  print_json(text);
  return kSuccess;
}

int replay_it(const GatewayArguments& a, const Globals& globals) {
  const OutputBatch batch;
  const auto print = [&](std::string_view line) { globals.json ? print_json(line) : print_line(line); };
  const auto done = gateway::replay_journal(a.dir, {globals.json, a.client, a.order}, print);
  return done ? kSuccess : report(done.error());
}

// ---- what is asked of a gateway that runs

// Of a table: the terminal's, or whatever it needs where a program reads it.
std::size_t table_width() { return stdout_is_terminal() ? terminal_size().columns : 0; }

template <class Lines>
int show_answer(const Result<std::string>& answer, const Globals& globals, const Lines& lines) {
  if (!answer) return report(answer.error());
  if (globals.json) {
    print_json(*answer);
    return kSuccess;
  }
  const auto text = lines(*answer, table_width());
  if (!text) return report(text.error());
  print_lines(*text);
  return kSuccess;
}

int ask_status(const GatewayArguments& a, const Globals& globals) {
  const auto client = PageClient::of_folder(a.dir);
  if (!client) return report(client.error());
  return show_answer(client->get("api/status"), globals, status_lines);
}

// Bytes that stand for themselves in a query; the others as %XX.
std::string for_query(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

Result<std::string> orders_of_running(const GatewayArguments& a) {
  const auto client = PageClient::of_folder(a.dir);
  if (!client) return client.error();
  return client->get(fmt::format("api/orders?client={}&open={}&most={}", for_query(a.client), a.open ? 1 : 0, a.most));
}

// As the page says it: one more than is shown tells that there are more.
Result<std::string> orders_of_folder(const GatewayArguments& a) {
  auto rows = gateway::orders_of_journal(a.dir, a.client, a.open, a.most + 1);
  if (!rows) return rows.error();
  const bool more = rows->size() > a.most;
  if (more) rows->resize(a.most);
  return gateway::orders_json(*rows, more);
}

// Of the gateway that runs, else what its journal tells.
int ask_orders(const GatewayArguments& a, const Globals& globals) {
  const auto answer = orders_of_running(a);
  const bool runs = answer || (answer.error().category != ErrorCategory::store && answer.error().category != ErrorCategory::connect);
  if (runs || !std::filesystem::exists(a.dir + "/journal")) return show_answer(answer, globals, order_lines);
  const auto kept = orders_of_folder(a);
  if (kept) report("no gateway runs in " + a.dir + ": these are the orders of its journal");
  return show_answer(kept, globals, order_lines);
}

// {"done": what was done, in words}
Result<std::string> done_words(const std::string& answer, std::size_t) {
  boost::system::error_code fault;
  const auto value = boost::json::parse(answer, fault);
  const auto* const object = fault ? nullptr : value.if_object();
  const auto* const done = object == nullptr ? nullptr : object->if_contains("done");
  if (done == nullptr || !done->is_string()) return fail(ErrorCategory::decode, "the gateway's answer cannot be read: " + answer);
  return std::string(done->get_string());
}

int tell_gateway(const GatewayArguments& a, const Globals& globals, const std::string& path) {
  const auto client = PageClient::of_folder(a.dir);
  if (!client) return report(client.error());
  std::string body;
  json::Writer(body).begin_object().member("by", "command").member("reason", a.reason).end_object();
  return show_answer(client->post(path, body), globals, done_words);
}

// Registers sub-commands whose options stand in `a`.
class GatewayRegistrar {
 public:
  GatewayRegistrar(std::shared_ptr<GatewayArguments> a, const Globals& globals, Runner& run)
      : a_(std::move(a)), globals_(globals), run_(run) {}

  void folder_and_config(CLI::App& command) {
    command.fallthrough();
    command.add_option("--dir", a_->dir, "the gateway's folder (default: gateway)")->type_name("DIR");
    command.add_option("--config", a_->config, "configuration, a QuickFIX .cfg (config/gateway.cfg explains every key)")->type_name("FILE");
  }
  // What is asked of a running gateway or of its folder: the exchange is not chosen again.
  template <class Run>
  CLI::App& add(CLI::App& parent, const std::string& name, const char* text, Run what) {
    CLI::App& command = *parent.add_subcommand(name, text);
    folder_and_config(command);
    command.callback([a = a_, &globals = globals_, &run = run_, what, name] {
      run = [a, &globals, what, name] {
        if (const auto alone = refuse_connection(globals.connection, "gateway " + name); !alone) return report(alone.error());
        return what(*a, globals);
      };
    });
    return command;
  }
  // CLI11 calls a command also where a sub-command of it was given, whose own run stands already.
  template <class Run>
  void on_chosen(CLI::App& command, Run what) {
    command.callback([a = a_, &globals = globals_, &run = run_, &command, what] {
      if (command.get_subcommands().empty()) run = [a, &globals, what] { return what(*a, globals); };
    });
  }
  GatewayArguments& arguments() { return *a_; }

 private:
  std::shared_ptr<GatewayArguments> a_;
  const Globals& globals_;
  Runner& run_;
};

void add_questions(CLI::App& command, GatewayRegistrar& registrar) {
  GatewayArguments& a = registrar.arguments();
  registrar.add(command, "status", "clients, keys, latency, and whether it is open", ask_status);
  CLI::App& orders = registrar.add(
      command, "orders", "orders of its clients: open ones first, then those that ended; of its journal where it does not run", ask_orders);
  orders.add_option("--client", a.client, "of this CompID alone");
  orders.add_flag("--open", a.open, "open ones alone");
  orders.add_option("--most", a.most, "so many (default: 1000)")->check(CLI::Range(1, 10'000));
  CLI::App& replay =
      registrar.add(command, "replay", "what its journal tells, in order; beside a gateway that runs, or without one", replay_it);
  replay.add_option("--client", a.client, "what concerns this CompID alone");
  replay.add_option("--order", a.order, "what concerns this order alone: a ClOrdID or an OrderID");
}

void add_commands_to_it(CLI::App& command, GatewayRegistrar& registrar) {
  GatewayArguments& a = registrar.arguments();
  const auto telling = [](const char* path) {
    return [path](const GatewayArguments& given, const Globals& global) { return tell_gateway(given, global, path); };
  };
  CLI::App& kill = registrar.add(command, "kill", "blocks new orders and cancels every open one", telling("kill"));
  kill.add_option("--reason", a.reason, "why; it stands in the journal and on the page");
  registrar.add(command, "arm", "lets orders through again after a kill: the first call asks, the second within a minute arms",
                telling("arm"));
  registrar.add(command, "reload", "reads the limits of the configuration anew", telling("reload"));
}

}  // namespace

void add_gateway_command(CLI::App& root, const Globals& globals, Runner& run) {
  CLI::App& command =
      *root.add_subcommand("gateway", "lets any FIX 4.2, 4.4 or 5.0 SP2 system trade here: runs the gateway, or asks one that runs");
  GatewayRegistrar registrar(std::make_shared<GatewayArguments>(), globals, run);
  registrar.folder_and_config(command);
  command.require_subcommand(0, 1);
  registrar.on_chosen(command, run_it);
  add_questions(command, registrar);
  add_commands_to_it(command, registrar);
  // It reads what a start would read, the choice of the exchange among it.
  CLI::App& check = *command.add_subcommand("check", "reads configuration, keys and folder as a start would, and connects to nobody");
  registrar.folder_and_config(check);
  registrar.on_chosen(check, check_it);
}

}  // namespace marginfix::apps
