#include "fault/gateway/trader.hpp"

#include <algorithm>
#include <utility>

#include "marginfix/core/time.hpp"

namespace marginfix::gateway::fault {
namespace {

using namespace std::chrono_literals;

constexpr auto kAskAfter = 2s, kAnswerWait = 5s, kCancelAgain = 2s;
constexpr auto kTryAgain = 30ms;
constexpr std::size_t kMostWaiting = 20, kMostOpen = 40;

MonotonicTime clock_now() { return std::chrono::steady_clock::now(); }
std::string transact_time() { return to_fix_utc(system_clock().now(), 3); }

}  // namespace

Fields new_order(const NewOrderTerms& terms) {
  Fields body{{11, terms.cl_ord_id},
              {21, "1"},
              {55, kSymbol},
              {54, std::string(1, terms.side)},
              {60, transact_time()},
              {38, std::to_string(terms.quantity)},
              {40, "2"},
              {44, terms.price}};
  body.insert(body.end(), terms.extra.begin(), terms.extra.end());
  return body;
}

Fields replace_of(const std::string& cl_ord_id, const ViewedOrder& order, int quantity, const std::string& price) {
  return {{41, order.id},
          {11, cl_ord_id},
          {21, "1"},
          {55, kSymbol},
          {54, std::string(1, order.side)},
          {60, transact_time()},
          {38, std::to_string(quantity)},
          {40, "2"},
          {44, price},
          {59, "1"}};
}

Fields cancel_of(const std::string& cl_ord_id, const ViewedOrder& order) {
  return {{41, order.id}, {11, cl_ord_id}, {55, kSymbol}, {54, std::string(1, order.side)}, {60, transact_time()}};
}

Fields status_request(const std::string& cl_ord_id, char side) { return {{11, cl_ord_id}, {55, kSymbol}, {54, std::string(1, side)}}; }

Trader::Trader(OmsIdentity identity, std::string account, std::uint64_t seed)
    : account_(std::move(account)),
      random_(seed),
      views_(identity.version),
      session_(std::move(identity), [this](const Received& message) { take(message); }) {}

// ---- its connection -------------------------------------------------------------------------------------------------------------------
void Trader::come_back(std::uint16_t port) {
  if (session_.connected() || clock_now() < next_try_) return;
  next_try_ = clock_now() + kTryAgain;
  question_.reset();
  session_.resend_orders(chance(3) != 0);
  session_.connect(port, chance(10) == 0);
}

void Trader::lose_connection() {
  question_.reset();
  switch (chance(4)) {
    case 0:
      return session_.hang_up();
    case 1:
      return session_.tear();
    case 2:
      return session_.log_out();
    default:
      break;
  }
  // In the middle of a message, which is sent again or is never heard of.
  const NewOrderTerms terms{next_id(), '1', 1 + chance(20), any_price()};
  const Fields body = new_order(terms);
  views_.add(terms.cl_ord_id, terms.side, FixedPointCount::whole(terms.quantity), DollarDecimal::parse(terms.price).value());
  waiting_[terms.cl_ord_id] = {"D", body, clock_now()};
  session_.send_half_and_tear("D", body);
}

// ---- what comes -----------------------------------------------------------------------------------------------------------------------
void Trader::take(const Received& message) {
  if (message.type != "8" && message.type != "9") {
    faults_.push_back(name() + ": a message that nothing led to: " + script::to_pipes(message.fields));
    return;
  }
  const std::size_t repeats = views_.repeats();
  const std::string wrong = views_.take(message);
  if (!wrong.empty()) faults_.push_back(name() + ": " + wrong);
  const bool trade = message.type == "8" && !views_.is_status(message) && !message.get(32).empty() && message.get(32) != "0";
  if (trade && views_.repeats() == repeats) {
    const FixedPointCount quantity = FixedPointCount::parse(message.get(32)).value();
    net_ = message.get(54) == "1" ? net_ + quantity : net_ - quantity;
  }
  settle(message);
  note_answers(message);
}

// The answer to a question: the gateway knows it, or never saw it.
void Trader::settle(const Received& report) {
  if (!question_ || report.type != "8" || !views_.is_status(report)) return;
  const bool unknown = report.get(37) == "NONE" && report.get(39) == "8" && report.get(58) == "unknown order";
  const bool about_it = unknown ? report.get(11) == question_->cl_ord_id : views_.find(report.get(11)) == views_.find(question_->cl_ord_id);
  if (!about_it) return;
  const Question asked = *std::exchange(question_, std::nullopt);
  const auto waits = waiting_.find(asked.cl_ord_id);
  if (waits == waiting_.end()) return;
  if (!unknown) {
    waits->second.since = clock_now();
    return;
  }
  if (asked.resent) return;
  ++lost_;
  views_.never_came(asked.cl_ord_id);
  waiting_.erase(waits);
}

// A word about an id, or its order's end, is an answer.
void Trader::note_answers(const Received& report) {
  const std::string id = report.get(11);
  if (views_.is_status(report) && report.type == "8") return;
  const ViewedOrder* order = views_.find(id);
  if (order == nullptr) return;
  if (question_ && question_->cl_ord_id == id) question_.reset();
  const bool pending = report.type == "8" && std::string("A6E").find(report.get(150)) != std::string::npos;
  const auto waits = waiting_.find(id);
  if (waits == waiting_.end()) return;
  if (pending)
    waits->second.since = clock_now();
  else
    waiting_.erase(waits);
}

// ---- what nobody has answered ---------------------------------------------------------------------------------------------------------
void Trader::find_out() {
  if (!session_.caught_up()) return;
  const MonotonicTime now = clock_now();
  if (std::exchange(logons_seen_, session_.logons()) != session_.logons()) question_.reset();
  if (question_ && now - question_->since < kAnswerWait) return;
  question_.reset();
  for (auto& [id, waiting] : waiting_) {
    if (now - waiting.since < kAskAfter) continue;
    waiting.since = now;
    question_ = Question{id, chance(3) == 0, now};
    if (question_->resent) return session_.send(waiting.type, waiting.body, true);
    const ViewedOrder* order = views_.find(id);
    return session_.send("H", status_request(id, order == nullptr ? '1' : order->side));
  }
}

bool Trader::idle() const {
  return waiting_.empty() && std::ranges::none_of(views_.all(), [](const auto& each) { return each.second.open(); });
}

std::string Trader::unanswered() const {
  std::string text = name() + (session_.caught_up() ? "" : session_.logged_on() ? " (catching up)" : " (away)") + ":";
  for (const auto& [id, waiting] : waiting_) text += " " + waiting.type + " " + id;
  for (const auto& [id, order] : views_.all()) {
    if (order.open() || !order.requests.empty()) text += "\n " + id + order.history;
  }
  return text + "\n";
}

std::vector<std::string> Trader::faults() const {
  std::vector<std::string> all = session_.faults();
  all.insert(all.end(), faults_.begin(), faults_.end());
  return all;
}

// ---- trading --------------------------------------------------------------------------------------------------------------------------
std::string Trader::next_id() { return name() + "-" + std::to_string(++ids_); }

void Trader::send(const std::string& type, const std::string& cl_ord_id, const Fields& body) {
  waiting_[cl_ord_id] = {type, body, clock_now()};
  session_.send(type, body);
}

ViewedOrder* Trader::any_open() {
  std::vector<ViewedOrder*> open;
  for (const auto& [id, order] : views_.all()) {
    if (order.open() && order.status != 0) open.push_back(views_.find(id));
  }
  return open.empty() ? nullptr : open[random_() % open.size()];
}

bool Trader::act(FixedPointCount account_net) {
  if (!session_.caught_up() || waiting_.size() >= kMostWaiting) return false;
  const int what = chance(100);
  if (what < 3 && ids_ > 0) return ask_status(name() + "-" + std::to_string(1 + random_() % ids_)), false;
  if (what < 5) return place_again(), false;
  ViewedOrder* order = any_open();
  if (what >= 60 && order != nullptr) {
    what < 78 ? replace() : cancel(*order);
    return false;
  }
  const auto open = std::ranges::count_if(views_.all(), [](const auto& each) { return each.second.open(); });
  if (static_cast<std::size_t>(open) >= kMostOpen) return cancel(*order), false;
  // Around flat: no liquidation, and no order refused for want of margin.
  constexpr std::int64_t kMuch = 100 * FixedPointCount::kOne;
  place(account_net.units() > kMuch ? '2' : account_net.units() < -kMuch ? '1' : chance(2) == 0 ? '1' : '2');
  return true;
}

void Trader::place(char side) {
  NewOrderTerms terms{next_id(), side, 1 + chance(20), any_price()};
  const int kind = chance(20);
  if (kind < 3) terms.extra = {{59, "3"}};
  if (kind == 3) terms.extra = {{59, "4"}};
  if (kind == 4) terms.extra = {};  // Day
  if (kind == 5 || kind == 6) terms.extra = {{18, "6"}, {59, "1"}};
  views_.add(terms.cl_ord_id, terms.side, FixedPointCount::whole(terms.quantity), DollarDecimal::parse(terms.price).value());
  send("D", terms.cl_ord_id, new_order(terms));
}

// A known ClOrdID once more: by mistake, or as a possible resend. Neither makes an order.
void Trader::place_again() {
  std::vector<std::string> known;
  for (const auto& [id, order] : views_.all()) {
    if (order.told_new || order.ended) known.push_back(id);
  }
  if (known.empty()) return;
  const std::string id = known[random_() % known.size()];
  const bool marked = chance(2) == 0;
  if (!marked) views_.expect_duplicate(id);
  session_.send("D", new_order({id, '1', 1 + chance(20), any_price()}), marked);
}

void Trader::replace() {
  ViewedOrder* order = any_open();
  if (order == nullptr) return;
  const std::string id = next_id();
  const int quantity = static_cast<int>(order->cum.units() / FixedPointCount::kOne) + chance(20);
  const std::string price = any_price();
  const Fields body = replace_of(id, *order, std::max(quantity, 1), price);
  views_.add_request(*order, id, {'G', FixedPointCount::whole(std::max(quantity, 1)), DollarDecimal::parse(price).value()});
  send("G", id, body);
}

void Trader::cancel(ViewedOrder& order) {
  const std::string id = next_id();
  const Fields body = cancel_of(id, order);
  views_.add_request(order, id, {'F', {}, {}});
  cancel_asked_[order.first_id] = clock_now();
  send("F", id, body);
}

void Trader::ask_status(const std::string& cl_ord_id) {
  if (question_) return;
  const ViewedOrder* order = views_.find(cl_ord_id);
  session_.send("H", status_request(cl_ord_id, order == nullptr ? '1' : order->side));
}

void Trader::cancel_open() {
  if (!session_.caught_up() || waiting_.size() >= kMostWaiting) return;
  const MonotonicTime now = clock_now();
  for (const auto& [id, order] : views_.all()) {
    if (!order.open() || order.status == 0 || !order.requests.empty()) continue;
    const auto asked = cancel_asked_.find(id);
    if (asked != cancel_asked_.end() && now - asked->second < kCancelAgain) continue;
    cancel(*views_.find(id));
    if (waiting_.size() >= kMostWaiting) return;
  }
}

}  // namespace marginfix::gateway::fault
