#include "apps/demo/reconciliation.hpp"

#include <fmt/format.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <vector>

#include "apps/demo/desk.hpp"
#include "services/reconcile/folder.hpp"
#include "services/reconcile/ledger/table.hpp"
#include "services/reconcile/service.hpp"

namespace marginfix::apps {

namespace {

namespace rc = marginfix::reconcile;

constexpr const char* kAccount = "alice";
// From the record of the OMS: a fill it does not have, and one it has with another price.
constexpr std::size_t kMissing = 1, kAltered = 2;

std::vector<rc::FillRow> fills_of(const std::string& dir) {
  auto ledger = rc::open_ledger_for_reading(dir);
  if (!ledger) throw DemoFailure(ledger.error().message);
  return rc::all<rc::FillRow>(**ledger, "ORDER BY transact_time, number");
}

std::vector<rc::BreakRow> breaks_of(const std::string& dir, const char* which) {
  auto ledger = rc::open_ledger_for_reading(dir);
  if (!ledger) throw DemoFailure(ledger.error().message);
  return rc::all<rc::BreakRow>(**ledger, which);
}

// What her OMS exports in the evening.
void write_oms(const std::string& path, const std::vector<rc::FillRow>& fills, bool with_mistakes) {
  std::ofstream out(path, std::ios::trunc);
  out << "Deal,Order,Market,Way,Price,Lots,Time\n";
  for (std::size_t i = 0; i < fills.size(); ++i) {
    const rc::FillRow& fill = fills[i];
    if (with_mistakes && i == kMissing) continue;
    const DollarDecimal price = with_mistakes && i == kAltered ? fill.price + DollarDecimal::whole(1) : fill.price;
    out << '"' << fill.trade_id << "\",\"" << fill.order_id << "\",\"" << fill.symbol << "\"," << (fill.side == "2" ? "sell" : "buy") << ','
        << price.to_string() << ',' << fill.quantity.to_string() << ',' << to_rfc3339(fill.transact_time.value_or(Timestamp{})) << '\n';
  }
  if (!out) throw DemoFailure("cannot write " + path);
}

rc::ServiceOptions options_of(const std::string& endpoints, const std::string& folder) {
  rc::ServiceOptions options;
  options.config.rules.grace_us = 0;  // the day is over: nothing is on its way any more
  options.dir = folder + "/reconcile";
  options.endpoints = endpoints;
  options.account = kAccount;
  options.version = MARGINFIX_VERSION;
  return options;
}

rc::OnePass one_pass(rc::ServiceOptions options) {
  auto service = rc::Service::open(std::move(options));
  if (!service) throw DemoFailure(service.error().message);
  auto pass = (*service)->run_once([] { return false; });
  if (!pass) throw DemoFailure(pass.error().message);
  if (pass->a_source_failed()) {
    for (const rc::SourceAnswer& source : pass->sources) {
      if (source.state == rc::SourceState::unknown) throw DemoFailure(std::string(rc::to_string(source.source)) + ": " + source.why);
    }
  }
  return std::move(*pass);
}

void tell_break(Story& story, const rc::BreakRow& row) {
  const auto side = [](const std::string& source, const std::string& value) { return source + ": " + (value.empty() ? "nothing" : value); };
  story.outcome(fmt::format("break {} {} {}", row.id, rc::to_string(row.category), row.symbol),
                fmt::format("{}; {}", side(row.here_source, row.here_value), side(row.there_source, row.there_value)));
}

std::atomic<bool> page_closed{false};

}  // namespace

bool chapter_reconciliation(const std::string& endpoints, const std::string& folder, Story& story) {
  story.chapter(11, "The reconciliation service closes the day");
  rc::ServiceOptions options = options_of(endpoints, folder);
  const rc::OnePass first = one_pass(options);
  std::string sources;
  for (const rc::SourceAnswer& source : first.sources) {
    if (source.state == rc::SourceState::up) sources += (sources.empty() ? "" : ", ") + std::string(rc::to_string(source.source));
  }
  const auto fills = fills_of(options.dir);
  const auto found = breaks_of(options.dir, "WHERE state < 2 ORDER BY id");
  story.outcome(fmt::format("{} fills, told by {}", fills.size(), sources),
                found.empty() ? "all of them agree, no break" : fmt::format("{} breaks", found.size()));
  for (const rc::BreakRow& row : found) tell_break(story, row);
  if (!found.empty() || fills.size() <= kAltered + 1) return false;

  const std::string csv = folder + "/oms.csv";
  story.tell("her OMS exports its record of the day; one fill is missing in it, and one has another price");
  write_oms(csv, fills, true);
  rc::FirmSource oms;
  oms.kind = rc::FirmKind::csv;
  oms.path = csv;
  oms.columns = {{"trade_id", "Deal"}, {"order_id", "Order"}, {"symbol", "Market"},     {"side", "Way"},
                 {"price", "Price"},   {"quantity", "Lots"},  {"transact_time", "Time"}};
  options.config.firm.push_back(oms);
  one_pass(options);
  const auto breaks = breaks_of(options.dir, "WHERE state = 1 ORDER BY id");
  bool missing = false, altered = false;
  for (const rc::BreakRow& row : breaks) {
    tell_break(story, row);
    missing |= row.category == rc::BreakCategory::missing_there && row.trade_id == fills[kMissing].trade_id;
    altered |= row.category == rc::BreakCategory::price && row.trade_id == fills[kAltered].trade_id;
  }
  write_oms(csv, fills, false);
  one_pass(options);
  const auto left = breaks_of(options.dir, "WHERE state < 2 ORDER BY id");
  story.outcome("the OMS is mended, and asked again", left.empty() ? "both breaks have resolved" : fmt::format("{} are left", left.size()));
  return missing && altered && breaks.size() == 2 && left.empty();
}

void show_page(const std::string& endpoints, const std::string& folder, const Story& story) {
  auto service = rc::Service::open(options_of(endpoints, folder));
  if (!service) throw DemoFailure(service.error().message);
  std::signal(SIGINT, [](int) { page_closed = true; });
  std::signal(SIGTERM, [](int) { page_closed = true; });
  const auto ended = (*service)->run([] { return page_closed.load(); },
                                     [&](const std::string& page) {
                                       story.tell("the service's page: " + page +
                                                  "  (Ctrl-C ends it; the token for closing a break is in " + folder + "/reconcile/token)");
                                     });
  if (!ended) throw DemoFailure(ended.error().message);
}

}  // namespace marginfix::apps
