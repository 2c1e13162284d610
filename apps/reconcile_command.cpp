// `marginfix reconcile`: the drop-copy reconciliation service, and what its folder says.
#include <fmt/format.h>

#include <fstream>
#include <utility>

#include "apps/command.hpp"
#include "apps/output.hpp"
#include "apps/reconcile/arguments.hpp"
#include "apps/reconcile/views.hpp"
#include "marginfix/json/writer.hpp"
#include "services/reconcile/config.hpp"
#include "services/reconcile/decide.hpp"
#include "services/reconcile/export.hpp"
#include "services/reconcile/folder.hpp"
#include "services/reconcile/instance.hpp"
#include "services/reconcile/postgres/address.hpp"
#include "services/reconcile/replay.hpp"
#include "services/reconcile/report/day_report.hpp"
#include "services/reconcile/service.hpp"
#include "services/reconcile/verify.hpp"

namespace marginfix::apps {
namespace {

using namespace marginfix::reconcile;

struct ReconcileArguments {
  std::string dir{"reconcile"}, config, storage, service;
  bool once{false};
  std::int64_t id{0};
  std::string user, reason, as{"resolve"};
  BreakFilter filter;
  std::string date, out, journal, format{"csv"};
};

// The configuration is read by every sub-command: a mistake in it is told wherever it is given. What stands in the command counts before
// it.
Result<Config> config_of(const ReconcileArguments& a) {
  auto config = load_config(a.config);
  if (!config) return config;
  if (!a.storage.empty()) hide_passwords_in_arguments();
  if (!a.storage.empty()) config->storage = a.storage;
  if (!a.service.empty()) config->service = a.service;
  if (config->storage.empty() || is_postgres_address(config->storage)) return config;
  // Which may hold a password, whatever it is: it is not repeated.
  return fail(ErrorCategory::config, "the storage is no address: postgresql://USER@HOST:PORT/DATABASE, or nothing for SQLite in --dir");
}

LedgerPlace place_of(const ReconcileArguments& a, const Config& config) { return {a.dir, config.storage, config.service}; }

// One pass is silent but for what is wrong with keys, unless the configuration asks for a log.
std::shared_ptr<LogSink> log_of(const Config& config, bool once) {
  return once && !config.log_stated ? key_warnings() : make_spdlog_sink(config.log);
}

// A service of its own folder, or one of several instances on one database.
template <class Running>
int run_service(Running& service, const Globals& globals) {
  const auto ready = [&](const std::string& page) {
    std::string text;
    json::Writer(text).begin_object().member("page", page).end_object();
    print_line(globals.json ? text : "page " + page);
  };
  const auto ended = service.run([] { return stop_requested(); }, ready);
  return ended ? kSuccess : report(ended.error());
}

template <class Opened>
int run_or_pass(const Opened& service, const ReconcileArguments& a, const Globals& globals) {
  if (!service) return report(service.error());
  if (!a.once) return run_service(**service, globals);
  const auto pass = (*service)->run_once([] { return stop_requested(); });
  if (!pass) return report(pass.error());
  show_pass(*pass, a.dir, globals.json);
  return pass->exit_code();
}

int run_reconcile(const ReconcileArguments& a, const Globals& globals) {
  catch_stop_signals();
  auto config = config_of(a);
  if (!config) return report(config.error());
  config->env = globals.connection.env;
  if (!globals.connection.env.empty() && !globals.connection.endpoints.empty())
    return report("--endpoints and --env name two different exchanges: give one of them");
  ServiceOptions options;
  options.log = log_of(*config, a.once);
  options.config = *std::move(config);
  options.dir = a.dir;
  options.endpoints = chosen_endpoints(globals.connection);
  options.account = globals.connection.account;
  options.version = MARGINFIX_VERSION;
  if (options.config.storage.empty()) return run_or_pass(Service::open(std::move(options)), a, globals);
  options.storage = options.config.storage;
  options.service = options.config.service.empty() ? "main" : options.config.service;
  return run_or_pass(Instance::open(std::move(options)), a, globals);
}

// What reads the ledger: beside a service, or without one.
template <class Show>
int read_ledger(const ReconcileArguments& a, Show&& show) {
  const auto config = config_of(a);
  if (!config) return report(config.error());
  const auto ledger = open_ledger_for_reading(place_of(a, *config));
  if (!ledger) return report(ledger.error());
  const Result<void> shown = show(**ledger);
  return shown ? kSuccess : report(shown.error());
}

int list_breaks(const ReconcileArguments& a, const Globals& globals) {
  BreakFilter filter = a.filter;
  filter.account = globals.connection.account;
  if (const auto good = check_filter(filter); !good) return report(good.error());
  return read_ledger(a, [&](Storage& ledger) -> Result<void> {
    show_breaks(ledger, filter, globals.json);
    return {};
  });
}

int close_break(const ReconcileArguments& a, const Globals& globals) {
  const auto config = config_of(a);
  if (!config) return report(config.error());
  if (const auto done = decide(place_of(a, *config), {a.id, a.as, a.user, a.reason}); !done) return report(done.error());
  if (globals.json) return read_ledger(a, [&](Storage& ledger) { return show_break(ledger, a.id, true); });
  print_line(fmt::format("break {} is closed ({}) by {}", a.id, a.as, a.user));
  return kSuccess;
}

int explain(const ReconcileArguments& a, const Globals& globals) {
  if (a.user.empty() && a.reason.empty()) return read_ledger(a, [&](Storage& ledger) { return explain_break(ledger, a.id, globals.json); });
  ReconcileArguments closing = a;
  closing.as = "explain";
  return close_break(closing, globals);
}

int write_report(const ReconcileArguments& a, const Globals& globals) {
  const auto date = date_of_argument(a.date);
  if (!date) return report(date.error());
  return read_ledger(a, [&](Storage& ledger) -> Result<void> {
    const std::string html = day_report(ledger, globals.connection.account, *date);
    if (a.out.empty()) {
      print_lines(html);
      return {};
    }
    std::ofstream file(a.out, std::ios::binary);
    file << html;
    file.close();
    if (!file) return fail(ErrorCategory::store, a.out + ": cannot be written");
    print_line(a.out);
    return {};
  });
}

int run_replay(const ReconcileArguments& a, const Globals& globals) {
  const auto config = config_of(a);
  if (!config) return report(config.error());
  const bool in_postgres = !config->storage.empty();
  const auto done = in_postgres ? replay_into_postgres(a.journal, place_of(a, *config)) : replay(a.journal, a.dir);
  if (!done) return report(done.error());
  std::string text;
  json::Writer(text)
      .begin_object()
      .member("records", std::to_string(done->records))
      .member("audit_lines", std::to_string(done->audit_lines))
      .member("digest", done->digest)
      .end_object();
  print_line(globals.json ? text
                          : fmt::format("{} records make {} (digest {})", done->records,
                                        in_postgres ? masked_address(config->storage) : a.dir + "/ledger.db", done->digest));
  return kSuccess;
}

int run_verify(const ReconcileArguments& a, const Globals& globals) {
  const auto config = config_of(a);
  if (!config) return report(config.error());
  const auto done = verify(place_of(a, *config));
  if (!done) return report(done.error());
  if (globals.json) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object().member("records", std::to_string(done->records)).member("audit_lines", std::to_string(done->audit_lines));
    writer.member("rows", std::to_string(done->rows)).member("digest", done->digest).key("notes").begin_array();
    for (const std::string& note : done->notes) writer.value(note);
    writer.end_array().end_object();
    print_json(text);
    return kSuccess;
  }
  print_line(fmt::format("{} records, {} lines of audit, {} rows: all as they were written", done->records, done->audit_lines, done->rows));
  for (const std::string& note : done->notes) print_line("note: " + note);
  return kSuccess;
}

int run_export(const ReconcileArguments& a, const Globals& globals) {
  const auto format = export_format_of(a.format);
  if (!format) return report(format.error());
  return read_ledger(a, [&](Storage& ledger) -> Result<void> {
    const auto files = export_ledger(ledger, *format, a.out, audit_path(a.dir));
    if (!files) return files.error();
    for (const ExportedFile& file : *files) {
      std::string text;
      json::Writer(text).begin_object().member("path", file.path).member("rows", std::to_string(file.rows)).end_object();
      print_line(globals.json ? text : fmt::format("{}  {} rows", file.path, file.rows));
    }
    return {};
  });
}

// One sub-command: its options are registered by `more`.
class Registrar {
 public:
  Registrar(std::shared_ptr<ReconcileArguments> a, const Globals& globals, Runner& run) : a_(std::move(a)), globals_(globals), run_(run) {}

  template <class Run, class More>
  CLI::App& add(CLI::App& parent, const char* name, const char* text, Run what, More more) {
    CLI::App& command = *parent.add_subcommand(name, text);
    command.fallthrough();
    command.add_option("--dir", a_->dir, "the service's folder (default: reconcile)")->type_name("DIR");
    command.add_option("--config", a_->config, "configuration, TOML (config/reconcile.toml explains every key)")->type_name("FILE");
    command.add_option("--storage", a_->storage, "postgresql://USER@HOST:PORT/DATABASE: the ledger is there (default: in --dir)")
        ->type_name("ADDRESS");
    command.add_option("--service", a_->service, "in PostgreSQL: whose ledger (default: main, or the only one there)")->type_name("NAME");
    more(command);
    command.callback([a = a_, &globals = globals_, &run = run_, what] { run = [a, &globals, what] { return what(*a, globals); }; });
    return command;
  }
  ReconcileArguments& arguments() { return *a_; }

 private:
  std::shared_ptr<ReconcileArguments> a_;
  const Globals& globals_;
  Runner& run_;
};

void add_breaks(CLI::App& parent, Registrar& registrar) {
  ReconcileArguments& a = registrar.arguments();
  CLI::App& breaks = *parent.add_subcommand("breaks", "what does not agree: list, show, explain, resolve");
  breaks.require_subcommand(1);
  breaks.fallthrough();
  const auto id = [&a](CLI::App& c) { c.add_option("ID", a.id, "number of the break")->required(); };
  const auto who = [&a](CLI::App& c) {
    c.add_option("--user", a.user, "who closes it")->type_name("NAME");
    c.add_option("--reason", a.reason, "why");
  };
  registrar.add(breaks, "list", "all breaks, newest first", list_breaks, [&](CLI::App& c) {
    c.add_option("--state", a.filter.state, "all (default), open, pending, confirmed, resolved, explained, accepted");
    c.add_option("--category", a.filter.category, "one category (price, missing_here, ...)");
  });
  const auto show = [](const ReconcileArguments& given, const Globals& globals) {
    return read_ledger(given, [&](Storage& ledger) { return show_break(ledger, given.id, globals.json); });
  };
  registrar.add(breaks, "show", "everything that is known of one", show, id);
  registrar.add(breaks, "explain", "what it means and what to do; with --user and --reason: closes it as explained", explain,
                [&](CLI::App& c) { id(c), who(c); });
  registrar.add(breaks, "resolve", "closes one: --user NAME --reason TEXT", close_break, [&](CLI::App& c) {
    id(c), who(c);
    c.add_option("--as", a.as, "resolve (default), explain or accept")->check(CLI::IsMember({"resolve", "explain", "accept"}));
  });
}

}  // namespace

void add_reconcile_command(CLI::App& root, const Globals& globals, Runner& run) {
  CLI::App& command = *root.add_subcommand("reconcile", "keeps a ledger of every execution, and finds what does not agree");
  command.require_subcommand(1);
  Registrar registrar(std::make_shared<ReconcileArguments>(), globals, run);
  ReconcileArguments& a = registrar.arguments();
  const auto nothing = [](CLI::App&) {};
  registrar.add(command, "run", "the service; --once: one pass (0: no break, 2: breaks, 1: a source did not answer)", run_reconcile,
                [&](CLI::App& c) { c.add_flag("--once", a.once, "one pass over every source, then the exit code"); });
  add_breaks(command, registrar);
  const auto positions = [](const ReconcileArguments& given, const Globals& global) {
    return read_ledger(given, [&](Storage& ledger) -> Result<void> {
      show_positions(ledger, global.json);
      return {};
    });
  };
  const auto coverage = [](const ReconcileArguments& given, const Globals& global) {
    return read_ledger(given, [&](Storage& ledger) -> Result<void> {
      show_coverage(ledger, global.json);
      return {};
    });
  };
  registrar.add(command, "positions", "positions by source", positions, nothing);
  registrar.add(command, "coverage", "sources, holes and who closed them", coverage, nothing);
  registrar.add(command, "report", "a clearing day as one HTML file", write_report, [&](CLI::App& c) {
    c.add_option("--date", a.date, "the clearing day, 2026-11-30")->required()->type_name("DATE");
    c.add_option("--out", a.out, "file (default: standard output)")->type_name("FILE");
  });
  registrar.add(command, "replay", "makes the ledger anew from a journal, in a new folder", run_replay,
                [&](CLI::App& c) { c.add_option("--journal", a.journal, "the journal")->required()->type_name("FILE"); });
  registrar.add(command, "verify", "proves journal, audit and ledger byte for byte", run_verify, nothing);
  registrar.add(command, "export", "CSV or JSON lines", run_export, [&](CLI::App& c) {
    c.add_option("--format", a.format, "csv or json")->check(CLI::IsMember({"csv", "json"}));
    c.add_option("--out", a.out, "folder")->required()->type_name("DIR");
  });
}

}  // namespace marginfix::apps
