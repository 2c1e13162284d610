// `marginfix demo`: the main job, start to finish, on a simulated exchange in this process. Exit code 0 only if every way of looking at
// the account says the same in the end.
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>

#include "apps/command.hpp"
#include "apps/demo/chapters.hpp"
#include "apps/demo/gateway_chapters.hpp"
#include "apps/demo/reconciliation.hpp"
#include "apps/demo/story.hpp"
#include "apps/output.hpp"

namespace marginfix::apps {

namespace {
namespace fs = std::filesystem;

// A folder that is removed in the end.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (fs::temp_directory_path() / "marginfix-demo-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw DemoFailure("cannot make a folder in " + fs::temp_directory_path().string());
    path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

ExchangeAccount account_of(const sim::Simulator& exchange, const std::string& name, const std::string& store) {
  fs::create_directories(store);
  auto account = ExchangeAccount::from_endpoints_file(exchange.path("endpoints.json"), {.account = name, .store_folder = store});
  if (!account) throw DemoFailure(account.error().message);
  auto limits = rate_limit_tier("unlimited");  // the simulator runs with --tier unlimited: the burst is about recovery, not about limits
  if (!limits) throw DemoFailure(limits.error().message);
  account->fix.rate_limit = *limits;
  account->share_limits();
  for (SessionConfig& session : account->fix.sessions) {  // every numbered report on every way, so that they can be compared one by one
    if (session.kind == SessionKind::market_data) continue;
    session.logon.always_emit_new_before_trade = true;
    session.logon.enable_ioc_cancel_report = true;
  }
  return std::move(*account);
}

struct DemoArguments {
  std::uint64_t seed{1};
  bool without_drop_copy{false};
  std::uint32_t listener_delay_ms{0};
  bool web{false};
  std::string through;  // "gateway", or nothing
};

// bob is the other side: order entry on KalshiNR, nothing else.
ExchangeAccount account_of_bob(const sim::Simulator& exchange, const std::string& folder) {
  ExchangeAccount his = account_of(exchange, "bob", folder + "/bob");
  if (auto kept = keep_only(his.fix, SessionKind::order_entry); !kept) throw DemoFailure(kept.error().message);
  if (auto chosen = his.fix.select({"KalshiNR"}); !chosen) throw DemoFailure(chosen.error().message);
  return his;
}

bool tell_story(sim::Simulator& exchange, const std::string& folder, Story& story, std::chrono::milliseconds listener_delay) {
  const ExchangeAccount hers = account_of(exchange, "alice", folder + "/alice");
  Desk alice(hers, "a");
  Desk bob(account_of_bob(exchange, folder), "b");
  const std::string quiet = exchange.endpoints().quiet_market;
  OtherDoors alice_elsewhere(hers, quiet);
  Stage stage{exchange, alice, bob, alice_elsewhere, "KXBTCPERP", quiet, story, listener_delay};
  chapter_logons(stage);
  chapter_market_data(stage);
  chapter_orders(stage);
  chapter_order_group(stage);
  chapter_mass_cancel(stage);
  chapter_cut_in_a_burst(stage);
  chapter_missed_reports(stage);
  chapter_other_doors(stage);
  return chapter_reckoning(stage);
}

bool tell_gateway_story(sim::Simulator& exchange, const std::string& folder, Story& story) {
  GatewayInDemo gateway(exchange.path("endpoints.json"), folder + "/gateway");
  Desk bob(account_of_bob(exchange, folder), "b");
  const ExchangeAccount hers = account_of(exchange, "alice", folder + "/alice");
  PerpsClient rest(hers.rest, hers.rest_options());
  story.chapter(2, "The gateway opens on config/gateway.cfg, and two order management systems log on to it");
  gateway.open();
  const auto client = [&](gateway::FixVersion version, const char* name) {
    return std::make_unique<OmsClient>(version, name, gateway.port(), gateway.dictionary(version), folder + "/" + name);
  };
  const auto fix42 = client(gateway::FixVersion::fix42, "OMS42"), fix44 = client(gateway::FixVersion::fix44, "OMS44");
  GatewayStage stage{exchange, gateway, *fix42, *fix44, bob, rest, "KXBTCPERP", exchange.endpoints().quiet_market, story};
  chapter_gateway_logons(stage);
  chapter_gateway_market_data(stage);
  chapter_gateway_fix42(stage);
  chapter_gateway_fix44(stage);
  chapter_gateway_order_group(stage);
  chapter_gateway_burst(stage);
  chapter_gateway_cancel_everything(stage);
  chapter_gateway_absences(stage);
  return chapter_gateway_reckoning(stage);
}

int run_demo(const DemoArguments& arguments, const Globals& globals) {
  if (auto alone = refuse_connection(globals.connection, "demo"); !alone) return report(alone.error());
  const auto started = std::chrono::steady_clock::now();
  const TemporaryFolder folder;
  sim::SimulatorOptions options;
  options.dir = folder.path() + "/exchange";
  options.seed = arguments.seed;
  if (arguments.without_drop_copy) options.drop_copy_not_enabled = {"alice"};
  options.tier = "unlimited";
  options.past = false;  // chapter 10 counts from zero: drop copy reaches back three hours, the seeded past three days
  sim::Simulator exchange(options);
  Story story(globals.json);
  story.title("marginfix demo: a trading day in a minute, on a simulated exchange in this process");
  story.chapter(1, "The exchange opens");
  if (auto opened = exchange.start(); !opened) return report(opened.error());
  const auto& e = exchange.endpoints();
  story.tell(fmt::format("KalshiNR {}  KalshiRT {}  KalshiDC {}  KalshiMD {}  on {}, TLS with a CA of its own", e.ports.nr, e.ports.rt,
                         e.ports.dc, e.ports.md, e.host));
  story.tell("the rate limits are off (tier unlimited); chapter 7 sends a burst");
  try {
    const bool told = arguments.through.empty()
                          ? tell_story(exchange, folder.path(), story, std::chrono::milliseconds(arguments.listener_delay_ms))
                          : tell_gateway_story(exchange, folder.path(), story);
    const bool equal = chapter_reconciliation(exchange.path("endpoints.json"), folder.path(), story) && told;
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started);
    story.end(equal, took);
    if (arguments.web) show_page(exchange.path("endpoints.json"), folder.path(), story);
    return equal ? kSuccess : kFailure;
  } catch (const DemoFailure& failure) {
    return report(failure.what());
  }
}
}  // namespace

void add_demo_command(CLI::App& root, const Globals& globals, Runner& run) {
  auto* command = root.add_subcommand("demo", "the main job, start to finish, on a simulated exchange in this process");
  auto a = std::make_shared<DemoArguments>();
  command->add_option("--seed", a->seed, "same seed, same markets (default 1)");
  command->add_flag("--without-drop-copy", a->without_drop_copy,
                    "alice's account is not enabled for drop copy, as most are: what the listener missed comes by REST");
  auto* delay = command->add_option("--listener-delay-ms", a->listener_delay_ms,
                                    "the exchange tells the listener this late (drop copy is ahead of it)");
  delay->check(CLI::Range(0, 5000));
  command
      ->add_option(
          "--through", a->through,
          "gateway: alice's orders come through the OMS gateway, from plain FIX 4.2 and FIX 4.4 clients (QuickFIX's own initiator)")
      ->check(CLI::IsMember({"gateway"}))
      ->excludes(delay);
  command->add_flag("--web", a->web, "leave the reconciliation service's page open in the end, until Ctrl-C");
  command->callback([a, &globals, &run] { run = [a, &globals] { return run_demo(*a, globals); }; });
}

}  // namespace marginfix::apps
