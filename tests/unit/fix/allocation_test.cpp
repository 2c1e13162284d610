// Decode and encode of every hot message allocate nothing once their struct and buffer have been used: counted, not believed.
// A program of its own, because it replaces operator new.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "marginfix/fix/frame.hpp"
#include "unit/fix/codec_samples.hpp"

namespace {
std::atomic<long> g_allocations{0};
void* counted(std::size_t size) {
  g_allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* p = std::malloc(size == 0 ? 1 : size)) return p;
  throw std::bad_alloc();
}
}  // namespace

void* operator new(std::size_t size) { return counted(size); }
void* operator new[](std::size_t size) { return counted(size); }
void operator delete(void* p) noexcept { std::free(p); }
void operator delete[](void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t) noexcept { std::free(p); }

namespace marginfix::fix {
namespace {

const std::string kEntryTime = "272=20261001|273=14:30:00.120|";

std::string snapshot_of(int levels) {
  std::string body = "55=KXBTCPERP|268=" + std::to_string(2 * levels) + "|";
  for (int i = 0; i < levels; ++i)
    body += "269=0|270=6.2" + std::to_string(500 - i) + "|271=10.00|" + kEntryTime + "269=1|270=6.3" + std::to_string(100 + i) +
            "|271=7.00|" + kEntryTime;
  return marginfix_tests::message("W", body);
}
std::string refresh_of(int entries) {
  std::string body = "268=" + std::to_string(entries) + "|";
  for (int i = 0; i < entries; ++i) body += "279=1|55=KXBTCPERP|269=0|270=6.2577|271=10.00|" + kEntryTime + "11=mine|79=0|";
  return marginfix_tests::message("X", body);
}

template <class M>
void expect_no_allocation(const std::string& name, const std::string& wire) {
  M message;
  Findings findings;
  Buffer out;
  const auto once = [&] {
    if (!decode(wire, message, findings)) return false;
    out.clear();
    return !encode_body(message, out).has_error() && !encode(message, message.header, out).has_error();
  };
  ASSERT_TRUE(once()) << name;
  const long before = g_allocations.load();
  bool ok = true;
  for (int i = 0; i < 100; ++i) ok = once() && ok;
  const long after = g_allocations.load();
  EXPECT_TRUE(ok);
  EXPECT_EQ(after - before, 0) << name;
}

TEST(Allocations, CountingWorks) {
  const long before = g_allocations.load();
  const auto p = std::make_unique<int>(1);
  EXPECT_EQ(g_allocations.load() - before, 1);
}

TEST(Allocations, NoneForAnyGoldenMessageInTheSteadyState) {
  for (const auto& golden : marginfix_tests::load_goldens()) {
    AnyMessage any;
    Findings findings;
    ASSERT_TRUE(decode_any(golden.wire, any, findings));
    std::visit(
        [&]<class M>(const M&) {
          if constexpr (!std::is_same_v<M, UnknownMessage>) expect_no_allocation<M>(golden.name, golden.wire);
        },
        any);
  }
}

TEST(Allocations, NoneForBigMarketDataMessages) {
  expect_no_allocation<MarketDataSnapshotFullRefresh>("20 levels", snapshot_of(20));
  expect_no_allocation<MarketDataSnapshotFullRefresh>("200 levels", snapshot_of(200));
  expect_no_allocation<MarketDataIncrementalRefresh>("50 entries", refresh_of(50));
}

TEST(Allocations, NoneForFramesAndAnyMessage) {
  const auto goldens = marginfix_tests::load_goldens();
  const std::string wire = snapshot_of(20);
  AnyMessage any;
  Findings findings;
  Composer composer("FIXT.1.1", "8f1c6a52-3e0d-4b7a-9c11-5d2f0a7be901", "KalshiNR");
  Framer framer(1 << 20);
  Frame frame;
  FrameHeader header;
  header.msg_type = "D";
  header.sending_time = "20261001-14:30:00.150";
  header.msg_seq_num = 12;
  ASSERT_TRUE(decode_any(wire, any, findings));
  composer.compose(header, wire);
  const long before = g_allocations.load();
  bool ok = true;
  for (int i = 0; i < 100; ++i) {
    ok = ok && find_message(wire).status == FrameStatus::complete && peek(wire).has_value() && decode_any(wire, any, findings).has_value();
    ok = ok && framer.scan(wire.data(), wire.size(), &frame).kind == Scan::Kind::message && decode_any(frame, any, findings).has_value();
    composer.compose(header, wire);
  }
  EXPECT_EQ(g_allocations.load() - before, 0);
  EXPECT_TRUE(ok);
}

}  // namespace
}  // namespace marginfix::fix
