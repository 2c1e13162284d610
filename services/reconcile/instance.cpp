#include "services/reconcile/instance.hpp"

#include <unistd.h>

#include <array>
#include <filesystem>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "marginfix/core/monotonic.hpp"
#include "marginfix/core/uuid.hpp"
#include "marginfix/json/writer.hpp"
#include "services/reconcile/decide.hpp"
#include "services/reconcile/folder.hpp"
#include "services/reconcile/folder/lock.hpp"
#include "services/reconcile/journal/file.hpp"
#include "services/reconcile/postgres/lead.hpp"
#include "services/reconcile/web/metrics.hpp"
#include "services/reconcile/web/page_server.hpp"

namespace marginfix::reconcile {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kInstanceTick{1};
constexpr milliseconds kNextTry{500};

std::string name_of_this_instance() {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  return std::string(host.data()) + ":" + std::to_string(::getpid());
}

}  // namespace

struct Instance::Impl {
  Impl(ServiceOptions given, PostgresAddress at, LeadHolder as)
      : options(std::move(given)), address(std::move(at)), holder(std::move(as)) {}

  LedgerPlace place() const { return {options.dir, options.storage, options.service}; }
  std::string where_path() const { return options.dir + "/reconcile.json"; }
  void tell(LogLevel level, const std::string& text) const { options.log->log(level, "lead", text); }

  Result<void> open_page();
  Result<void> tell_where();
  void forget_where() const;
  void tick();
  void write_metrics(services::MetricsWriter& out);
  Result<void> lead_on(Lead& lead, const std::function<bool()>& stop);
  Result<std::unique_ptr<Service>> service_of(Lead& lead);
  void show(Service* service, std::int64_t with_epoch);
  Result<void> lead_again_and_again(const std::function<bool()>& stop);

  ServiceOptions options;
  PostgresAddress address;
  LeadHolder holder;
  std::optional<FolderLock> lock;
  std::string token;
  std::unique_ptr<PageServer> page;
  std::function<void(const std::string&)> ready;
  Timestamp tick_at{};
  std::string page_trouble;

  std::mutex shown;  // of the two below, which the page's thread reads
  Service* leading{nullptr};
  std::int64_t epoch{0};
};

// ---- the page -----------------------------------------------------------------------------------------------------------
Result<void> Instance::Impl::open_page() {
  PageOptions wanted;
  wanted.dir = options.dir;
  wanted.open = [from = place()] { return open_ledger_for_reading(from); };
  wanted.listen = options.config.page_listen;
  wanted.allow_remote = options.config.page_remote;
  wanted.host_names = options.config.page_names;
  wanted.token = SecretString(token);
  wanted.log = options.log;
  PageHooks hooks;
  hooks.decide = [from = place()](std::int64_t id, const std::string& action, const std::string& user, const std::string& reason) {
    return decide(from, {id, action, user, reason});
  };
  hooks.metrics = [this](services::MetricsWriter& out) { write_metrics(out); };
  auto started = PageServer::start(std::move(wanted), std::move(hooks));
  if (!started) return started.error();
  page = *std::move(started);
  if (auto told = tell_where(); !told) return told;
  if (ready) ready(page->url());
  return {};
}

Result<void> Instance::Impl::tell_where() {
  std::string text;
  json::Writer json(text);
  json.begin_object().member("page", page->url()).member("metrics", page->metrics_url()).member("token_file", "token").end_object();
  return replace_file(where_path(), text + "\n", 0644);
}

void Instance::Impl::forget_where() const {
  std::error_code not_there;
  std::filesystem::remove(where_path(), not_there);
}

// About once a second, whoever leads: the page is opened as soon as there is a ledger to show, and looks whether that has moved.
void Instance::Impl::tick() {
  const Timestamp now = monotonic_clock().now();
  if (now < tick_at) return;
  tick_at = now + kInstanceTick;
  if (page) return page->changed();
  const auto opened = open_page();
  if (opened || opened.error().code == "no_ledger" || opened.error().message == page_trouble) return;
  page_trouble = opened.error().message;
  tell(LogLevel::warning, "no page yet: " + page_trouble);
}

void Instance::Impl::write_metrics(services::MetricsWriter& out) {
  const std::lock_guard lock_shown(shown);
  out.gauge("leading", "1 while this instance leads, 0 while it stands by.").sample(leading != nullptr ? 1 : 0);
  out.gauge("lead_epoch", "Of the lead that this instance last had; 0: none yet.").sample(epoch);
  if (leading != nullptr) leading->write_metrics(out);
}

// ---- leading ------------------------------------------------------------------------------------------------------------
Result<std::unique_ptr<Service>> Instance::Impl::service_of(Lead& lead) {
  ServiceOptions of_it = options;
  of_it.lead = &lead;
  of_it.changed = [this] {
    if (page) page->changed();
  };
  return Service::open(std::move(of_it));
}

void Instance::Impl::show(Service* service, std::int64_t with_epoch) {
  const std::lock_guard lock_shown(shown);
  leading = service;
  epoch = with_epoch;
}

Result<void> Instance::Impl::lead_on(Lead& lead, const std::function<bool()>& stop) {
  tell(LogLevel::info, holder.name + " leads service " + holder.service + " (epoch " + std::to_string(lead.epoch()) + ")");
  auto service = service_of(lead);
  if (!service) return service.error();
  show(service->get(), lead.epoch());
  auto ended = (*service)->run([&] {
    tick();
    return stop() || !lead.mine();
  });
  show(nullptr, lead.epoch());
  return ended;
}

Result<void> Instance::Impl::lead_again_and_again(const std::function<bool()>& stop) {
  const auto waiting = [&] {
    tick();
    return stop();
  };
  // What is wrong from the beginning is told at once; what goes away later is waited for.
  if (const auto first = LeadCandidate::open(address, holder); !first) return first.error();
  while (!stop()) {
    auto lead = wait_for_lead(address, holder, waiting, [this](const std::string& text) {
      tell(text.starts_with("stand-by") ? LogLevel::info : LogLevel::warning, text);
    });
    if (!lead) return lead.error();
    if (!*lead) return {};
    const auto led = lead_on(**lead, stop);
    const bool lost = !(*lead)->mine();
    if (lost) tell(LogLevel::warning, "the lead is lost: " + (*lead)->why_lost());
    if (!led && !lost && led.error().category != ErrorCategory::connect && led.error().code != "connection_lost" &&
        led.error().code != "not_leader")
      return led;
    if (!led) tell(LogLevel::warning, "stands by again: " + led.error().message);
    (*lead)->release();
    for (const Timestamp next = monotonic_clock().now() + kNextTry; !led && monotonic_clock().now() < next && !waiting();)
      std::this_thread::sleep_for(milliseconds(50));
  }
  return {};
}

// ---- the instance -------------------------------------------------------------------------------------------------------
Instance::Instance(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Instance::~Instance() = default;

Result<std::unique_ptr<Instance>> Instance::open(ServiceOptions options) {
  auto address = PostgresAddress::parse(options.storage);
  if (!address) return address.error();
  const auto sources = accounts_of(options.config, options.endpoints, options.account);
  if (!sources) return sources.error();
  LeadHolder holder{options.service, name_of_this_instance(), {}, {}};
  for (const AccountSource& source : *sources) holder.accounts.push_back(source.name);
  if (auto made = make_service_folder(options.dir); !made) return made.error();
  auto lock = FolderLock::take(options.dir);
  if (!lock) return lock.error();
  if (auto announced = lock->announce(); !announced) return announced.error();
  auto impl = std::make_unique<Impl>(std::move(options), *std::move(address), std::move(holder));
  impl->lock.emplace(*std::move(lock));
  impl->forget_where();
  return std::unique_ptr<Instance>(new Instance(std::move(impl)));
}

Result<void> Instance::run(const std::function<bool()>& stop, const std::function<void(const std::string&)>& ready) {
  Impl& me = *impl_;
  me.ready = ready;
  me.token = random_uuid() + random_uuid();
  if (auto kept = replace_file(me.options.dir + "/token", me.token + "\n"); !kept) return kept;
  auto ended = me.lead_again_and_again(stop);
  if (me.page) me.page->stop();
  me.forget_where();
  return ended;
}

Result<OnePass> Instance::run_once(const std::function<bool()>& stop) {
  Impl& me = *impl_;
  if (const auto first = LeadCandidate::open(me.address, me.holder); !first) return first.error();
  // One that was killed a moment ago still seems to lead.
  const Timestamp until = monotonic_clock().now() + me.holder.times.lease + seconds(1);
  auto lead = wait_for_lead(me.address, me.holder, [&] { return stop() || monotonic_clock().now() >= until; });
  if (!lead) return lead.error();
  if (!*lead) {
    Error error = fail(ErrorCategory::store, "another instance leads service " + me.holder.service + " in " + me.address.shown() +
                                                 ", and compares by itself: `reconcile breaks list` says what it found");
    error.code = "locked";
    return error;
  }
  auto service = me.service_of(**lead);
  if (!service) return service.error();
  auto pass = (*service)->run_once(stop);
  service->reset();
  return pass;
}

}  // namespace marginfix::reconcile
