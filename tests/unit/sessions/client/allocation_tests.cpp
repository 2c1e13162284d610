// In the steady state nothing is allocated between the session below and the handler, nor between send() and the session below.
#include "fake_session.hpp"
#include "unit/sessions/allocation_counter.hpp"

namespace marginfix::test {
namespace {

constexpr int kMessages = 1000;

class Allocations : public SessionTest {};

TEST_F(Allocations, AReportReachesItsHandlerWithout) {
  auto session = SessionFactory::order_entry(config_of(SessionKind::order_entry, TargetSession::NR), context);
  std::uint64_t seen = 0;
  OrderEntryHandlers h;
  h.on_execution_report = [&](const fix::ExecutionReport& r, const Inbound&) { seen += r.misc_fees.size(); };
  session->set_handlers(std::move(h));
  bring_up(*session);
  const std::string bytes = FakeRaw::message("8", 2,
                                             "6=6.2577|11=0f8fad5b-d9cb-469f-a165-70867728950e|14=4.00|17=1;7|30=0|31=6.2577|32=4.00|37="
                                             "7c9e6679-7425-40de-944b-e07fc1f90ae7|38=10.00|39=1|"
                                             "44=6.2577|54=1|55=BTC-PERP|60=20261122-18:32:01.123|136=1|137=0.03|138=USD|139=4|891=0|150=F|"
                                             "151=6.00|704=4.00|705=0.00|715=20261122|"
                                             "880=11111111-1111-4111-8111-111111111111|1057=N|1703=1|1704=-0.03|1705=BALANCE|");
  raw->raw("8", bytes);  // warm
  const auto before = allocations_so_far();
  for (int i = 0; i < kMessages; ++i) raw->raw("8", bytes);
  EXPECT_EQ(allocations_so_far() - before, 0);
  EXPECT_EQ(seen, static_cast<std::uint64_t>(kMessages) + 1);
}

TEST_F(Allocations, ABookUpdateIsAppliedWithout) {
  auto session = SessionFactory::market_data(config_of(SessionKind::market_data, TargetSession::MD), context);
  int updates = 0;
  MarketDataHandlers h;
  h.on_book = [&](const std::string&, const OrderBook&, BookEvent) { ++updates; };
  session->set_handlers(std::move(h));
  bring_up(*session);
  EXPECT_TRUE(session->subscribe("KXBTCPERP-2026-LONG-NAME"));
  run();
  raw->app("W", "55=KXBTCPERP-2026-LONG-NAME|268=2|269=0|270=6.2500|271=10.00|269=1|270=6.2600|271=7.00|");
  const std::string bytes = FakeRaw::message(
      "X", 9,
      "268=2|279=1|269=0|55=KXBTCPERP-2026-LONG-NAME|270=6.2500|271=3.00|279=1|269=1|55=KXBTCPERP-2026-LONG-NAME|270=6.2600|271=4.00|");
  raw->raw("X", bytes);  // warm
  const auto before = allocations_so_far();
  for (int i = 0; i < kMessages; ++i) raw->raw("X", bytes);
  EXPECT_EQ(allocations_so_far() - before, 0);
  EXPECT_EQ(updates, kMessages + 2);
}

TEST_F(Allocations, AnOrderLeavesWithout) {
  auto session = SessionFactory::order_entry(config_of(SessionKind::order_entry, TargetSession::NR), context);
  bring_up(*session);
  raw->record = false;
  const auto message = order("0f8fad5b-d9cb-469f-a165-70867728950e");
  long used = 1;
  int failures = 0;
  on_io(*session, [&] {
    for (int i = 0; i < 10; ++i) failures += session->new_order(message) ? 0 : 1;  // warm
    const auto before = allocations_so_far();
    for (int i = 0; i < kMessages; ++i) failures += session->new_order(message) ? 0 : 1;
    used = allocations_so_far() - before;
  });
  EXPECT_EQ(used, 0);
  EXPECT_EQ(failures, 0);
}

}  // namespace
}  // namespace marginfix::test
