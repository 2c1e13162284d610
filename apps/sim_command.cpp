// `marginfix sim`: runs the simulated exchange until SIGTERM or SIGINT.
#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "apps/command.hpp"
#include "apps/output.hpp"
#include "sim/simulator.hpp"

namespace marginfix::apps {

namespace {
struct SimArguments {
  std::string dir, config, host, tier, sender_comp_id, md_fields, log_level{"warning"};
  std::uint64_t seed{1};
  std::uint32_t read_lag_ms{0};
  std::vector<std::string> drop_copy_not_enabled;
  bool plain{false}, quiet{false}, one_connection_per_key{false};
  CLI::Option* seed_option{nullptr};
};

Result<sim::SimulatorOptions> simulator_options(const SimArguments& arguments) {
  sim::SimulatorOptions options;
  if (!arguments.config.empty()) {
    auto read = sim::read_simulator_config(arguments.config, options);
    if (!read) return read;
    options = std::move(*read);
  }
  // The command line wins over the file.
  options.dir = arguments.dir;
  if (arguments.seed_option->count() > 0) options.seed = arguments.seed;
  if (!arguments.host.empty()) options.host = arguments.host;
  if (!arguments.tier.empty()) options.tier = arguments.tier;
  if (!arguments.sender_comp_id.empty()) options.sender_comp_id = arguments.sender_comp_id;
  if (!arguments.md_fields.empty()) options.basic_md_fields = arguments.md_fields == "basic";
  if (arguments.read_lag_ms > 0) options.read_lag = std::chrono::milliseconds(arguments.read_lag_ms);
  options.plain = options.plain || arguments.plain;
  options.quiet = options.quiet || arguments.quiet;
  options.one_connection_per_key = options.one_connection_per_key || arguments.one_connection_per_key;
  for (const std::string& account : arguments.drop_copy_not_enabled) options.drop_copy_not_enabled.push_back(account);
  LogOptions log;
  log.level = arguments.log_level == "debug" ? LogLevel::debug : arguments.log_level == "info" ? LogLevel::info : LogLevel::warning;
  options.log = make_spdlog_sink(log);
  return options;
}

void print_doors(const sim::Simulator& simulator) {
  const auto& e = simulator.endpoints();
  print_line(fmt::format("simulated exchange on {}: KalshiNR {}  KalshiRT {}  KalshiDC {}  KalshiMD {}  ({})", e.host, e.ports.nr,
                         e.ports.rt, e.ports.dc, e.ports.md, e.tls ? "TLS, CA in " + simulator.path(e.ca_file) : std::string("plain TCP")));
  print_line(fmt::format("REST {}  Klear {}", e.rest_url, e.klear.url));
  print_line(fmt::format("control {}  its token, accounts and keys in {}", e.control_url, simulator.path("endpoints.json")));
  print_line("stops on SIGINT or SIGTERM; started again with the same --dir it goes on where it was, on the same ports");
}

// What a test harness waits for: one line, and every door is open.
void print_ready(const sim::Simulator& simulator) {
  std::ifstream in(simulator.path("endpoints.json"), std::ios::binary);
  std::ostringstream endpoints;
  endpoints << in.rdbuf();
  std::string text = endpoints.str();
  std::erase_if(text, [](char c) { return c == '\n' || c == '\r'; });  // JSON has none inside its strings
  print_json(R"({"ready":)" + text + "}");
}

int run_sim(const SimArguments& arguments, const Globals& globals) {
  if (auto alone = refuse_connection(globals.connection, "sim"); !alone) return report(alone.error());
  auto options = simulator_options(arguments);
  if (!options) return report(options.error());
  sim::Simulator simulator(std::move(*options));
  if (auto started = simulator.start(); !started) return report(started.error());
  for (const std::string& note : simulator.notes()) report("note: " + note);
  globals.json ? print_ready(simulator) : print_doors(simulator);
  if (auto ended = simulator.run_until_signal(); !ended) return report(ended.error());
  if (!globals.json) print_line("stopped");
  return kSuccess;
}
}  // namespace

void add_sim_command(CLI::App& root, const Globals& globals, Runner& run) {
  auto* command = root.add_subcommand("sim", "run the simulated exchange");
  auto a = std::make_shared<SimArguments>();
  command->add_option("--dir", a->dir, "where keys, endpoints.json and the exchange's state live")->required()->type_name("DIR");
  a->seed_option = command->add_option("--seed", a->seed, "same seed, same markets (default 1)");
  command->add_option("--host", a->host, "address the doors listen on (default 127.0.0.1)")->type_name("ADDRESS");
  command->add_option("--config", a->config, "key = value file: ports, host, seed, tier ... (every key: docs/getting-started.md)")
      ->type_name("FILE");
  command->add_flag("--plain", a->plain, "plain TCP and HTTP instead of TLS; loopback only");
  command->add_flag("--quiet", a->quiet, "no house accounts: books hold only what clients put there");
  command->add_option("--read-lag-ms", a->read_lag_ms, "REST reads of orders and groups come from a copy this old, as the exchange's do");
  command->add_option("--tier", a->tier, "rate limits: basic ... prestige, or unlimited (default: the simulator's own 800/400)")
      ->type_name("TIER");
  command->add_flag("--one-connection-per-key", a->one_connection_per_key,
                    "a key that is connected on any FIX session gets \"already exists\" (default: on this session only)");
  command
      ->add_option("--drop-copy-not-enabled", a->drop_copy_not_enabled,
                   "an account that drop copy is not enabled for: EventResendReject with 21004=5 (several allowed)")
      ->type_name("ACCOUNT");
  command->add_option("--sender-comp-id", a->sender_comp_id, "what SenderCompID(49) says (default: the door's TargetCompID), e.g. Kalshi");
  command
      ->add_option("--md-fields", a->md_fields,
                   "documented (default), or basic: KalshiMD without the fields of August 2026 (272, 273, 828, 1003, 11, 79)")
      ->check(CLI::IsMember({"documented", "basic"}));
  command->add_option("--log-level", a->log_level, "debug, info or warning, on standard error")
      ->check(CLI::IsMember({"debug", "info", "warning"}));
  command->callback([a, &globals, &run] { run = [a, &globals] { return run_sim(*a, globals); }; });
}

}  // namespace marginfix::apps
