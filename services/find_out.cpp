#include "marginfix/services/find_out.hpp"

#include <algorithm>
#include <array>
#include <future>
#include <memory>
#include <thread>

namespace marginfix {
namespace {

using SteadyClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// A minute of room for a clock that is off.
constexpr std::chrono::seconds kClockRoom{60};

bool is_one_of(const OrderQuestion& question, std::string_view id) {
  return id == question.cl_ord_id || std::ranges::find(question.other_ids, id) != question.other_ids.end();
}

// What a record of reports says; nothing when it is not certain.
std::optional<FoundOrder> from_reports(const FindOutSources& sources, const OrderQuestion& question, std::string_view source) {
  if (!sources.reports) return std::nullopt;
  const auto state = sources.reports(question.cl_ord_id);
  if (!state) return std::nullopt;
  FoundOrder found;
  switch (state->phase) {
    case OrderPhase::open:
    case OrderPhase::partially_filled:
      if (sources.rest != nullptr) return std::nullopt;  // knows it as it is now
      found.fate = OrderFate::rests;
      found.remaining = state->leaves_qty;
      break;
    case OrderPhase::filled:
      found.fate = OrderFate::filled;
      break;
    case OrderPhase::canceled:
    case OrderPhase::expired:
      found.fate = OrderFate::canceled;
      break;
    case OrderPhase::rejected:
    case OrderPhase::not_sent:
      found.fate = OrderFate::never_existed;
      break;
    default:
      return std::nullopt;
  }
  found.source = source;
  found.order_id = state->order_id;
  found.cl_ord_id = state->cl_ord_id;
  found.filled = state->cum_qty;
  found.price = state->price;
  found.text = "the latest report says so: " + std::string(to_string(state->phase)) + (state->text.empty() ? "" : ", " + state->text);
  return found;
}

// Empty when the range has come whole, else why not.
std::string read_drop_copy(const FindOutSources& sources, milliseconds patience) {
  if (sources.drop_copy == nullptr) return "no drop copy";
  if (sources.drop_copy_from.empty()) return "no ExecID(17) to begin drop copy at";
  constexpr std::int32_t kNotEnabled = 5;
  // The callback may come after we have stopped waiting.
  auto done = std::make_shared<std::promise<Result<DropCopyResult>>>();
  auto answer = done->get_future();
  const auto asked =
      sources.drop_copy->request({sources.drop_copy_from, {}, {}}, [done](Result<DropCopyResult> r) { done->set_value(std::move(r)); });
  if (!asked) return "drop copy: " + asked.error().message;
  if (answer.wait_for(patience) != std::future_status::ready) return "drop copy has not answered in time";
  const auto result = answer.get();
  if (result) return {};
  if (result.error().status == kNotEnabled) return "drop copy is not enabled for this account (ask institutional@kalshi.com)";
  return "drop copy: " + result.error().message;
}

// ---- REST -----------------------------------------------------------------------------------------------------------------
class RestSearch {
 public:
  RestSearch(PerpsClient& client, const OrderQuestion& question) : client_(client), question_(question) {}

  // One round of reads. Nothing: in no list. Error: a list could not be read.
  Result<std::optional<FoundOrder>> look() {
    struct List {
      const char* status;
      OrderFate fate;
    };
    // In the order in which an order moves: one that is in none of them was in none at the first read.
    constexpr std::array kLists{List{"resting", OrderFate::rests}, List{"executed", OrderFate::filled},
                                List{"canceled", OrderFate::canceled}};
    for (const List& list : kLists) {
      rest::GetMarginOrders orders;
      if (!question_.symbol.empty()) orders.ticker = question_.symbol;
      orders.min_ts = since();
      orders.status = list.status;
      orders.subaccount = question_.subaccount;
      for (const auto& order : client_.orders().list_all(orders)) {
        if (!order) return order.error();
        if (is_one_of(question_, order->client_order_id)) return found(*order, list.fate);
      }
    }
    return std::optional<FoundOrder>{};
  }

 private:
  std::optional<EpochSeconds> since() const {
    if (!question_.sent_at) return std::nullopt;
    return EpochSeconds::of(*question_.sent_at - kClockRoom);
  }

  Result<std::optional<FoundOrder>> found(const rest::MarginOrder& order, OrderFate fate) {
    FoundOrder out;
    out.fate = fate;
    out.source = "REST";
    out.order_id = order.order_id;
    out.cl_ord_id = order.client_order_id;
    out.filled = order.fill_count;
    out.remaining = order.remaining_count;
    out.price = order.price;
    out.text = "REST has the order as " + std::string(to_string(fate)) + ": " + out.filled.to_string() + " filled, " +
               out.remaining.to_string() + " remain";
    if (!out.filled.is_zero()) read_fills(out);
    return std::optional<FoundOrder>(std::move(out));
  }

  // What is certain already does not depend on them.
  void read_fills(FoundOrder& out) {
    rest::GetMarginFills fills;
    fills.subaccount = question_.subaccount;
    fills.min_ts = since();
    FixedPointCount sum;
    for (const auto& fill : client_.portfolio().fills_all(fills)) {
      if (!fill) {
        out.text += "; its fills could not be read: " + fill.error().message;
        return;
      }
      if (fill->order_id != out.order_id) continue;
      sum += fill->count;
      out.fills.push_back(*fill);
    }
    if (sum != out.filled) out.text += "; the fills listed so far sum to " + sum.to_string();
  }

  PerpsClient& client_;
  const OrderQuestion& question_;
};

FoundOrder never_existed(const OrderQuestion& question) {
  FoundOrder out;
  out.fate = OrderFate::never_existed;
  out.source = "REST";
  out.cl_ord_id = question.cl_ord_id;
  out.text = "no list of the exchange has an order " + question.cl_ord_id;
  for (const std::string& id : question.other_ids) out.text += " or " + id;
  return out;
}

FoundOrder unknown(const OrderQuestion& question, std::string text) {
  FoundOrder out;
  out.cl_ord_id = question.cl_ord_id;
  out.text = "still unknown: " + std::move(text);
  return out;
}

}  // namespace

std::string_view to_string(OrderFate fate) noexcept {
  switch (fate) {
    case OrderFate::never_existed:
      return "never existed";
    case OrderFate::rests:
      return "rests";
    case OrderFate::filled:
      return "filled";
    case OrderFate::canceled:
      return "canceled";
    case OrderFate::unknown:
      return "unknown";
  }
  return "?";
}

FoundOrder find_out(const FindOutSources& sources, const OrderQuestion& question, const FindOutOptions& options) {
  const auto began = SteadyClock::now();
  const auto spent = [began] { return std::chrono::duration_cast<milliseconds>(SteadyClock::now() - began); };
  if (auto found = from_reports(sources, question, "reports")) return *std::move(found);
  std::string tried = read_drop_copy(sources, options.patience);
  if (tried.empty()) {
    if (auto found = from_reports(sources, question, "drop copy")) return *std::move(found);
    tried = "drop copy has no end of it";
  }
  if (sources.rest == nullptr) return unknown(question, tried + "; no REST client");
  // How long ago the order had been sent when we began; the rest is measured by a clock that nobody sets.
  milliseconds age{0};
  if (question.sent_at) age = std::max(age, std::chrono::duration_cast<milliseconds>(system_clock().now() - *question.sent_at));
  // Whoever gave a drop copy wants to know why the answer is not from there.
  const auto with_what_was_tried = [&](FoundOrder found) {
    if (sources.drop_copy != nullptr) found.text += "; " + tried;
    return found;
  };
  RestSearch search(*sources.rest, question);
  std::string why;
  for (;;) {
    const bool settled = age + spent() >= options.settle;  // before the reads begin
    auto seen = search.look();
    if (seen && *seen) return with_what_was_tried(**std::move(seen));
    if (seen && settled) return with_what_was_tried(never_existed(question));
    why = seen ? "it is in no list of the exchange yet" : seen.error().message;
    if (spent() + options.pause > options.patience) break;
    std::this_thread::sleep_for(options.pause);
  }
  return unknown(question, why + "; " + tried);
}

}  // namespace marginfix
