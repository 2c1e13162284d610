#include "apps/demo/oms_client.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "apps/demo/desk.hpp"
#include "marginfix/core/text.hpp"
#include "marginfix/domain/enum_names.hpp"
#include "marginfix/fix/frame.hpp"

namespace marginfix::apps {

namespace {
constexpr const char* kGatewayCompId = "MARGINFIX";
constexpr const char* kNoOrderId = "NONE";

std::string oms_time(Timestamp time) { return to_fix_utc(time, 3); }
std::string oms_now() { return oms_time(system_clock().now()); }
std::string oms_char(char c) { return {c}; }

// What is no number is 0, and the reckoning does not come out.
template <class Decimal>
Decimal oms_decimal(const std::string& text) {
  const auto read = Decimal::parse(text);
  return read ? *read : Decimal{};
}
}  // namespace

// A message as QuickFIX handed it over.
class OmsClient::Fields {
 public:
  explicit Fields(const std::string& message) {
    fix::FieldCursor cursor(message.data(), message.size());
    for (fix::FrameField field; cursor.next(&field);) all_.emplace_back(field.tag, field.value.text());
  }
  std::string text(int tag) const {
    const auto found = std::ranges::find(all_, tag, &std::pair<int, std::string>::first);
    return found == all_.end() ? std::string() : found->second;
  }
  bool has(int tag) const { return std::ranges::find(all_, tag, &std::pair<int, std::string>::first) != all_.end(); }
  char code(int tag) const {
    const std::string value = text(tag);
    return value.empty() ? '\0' : value.front();
  }
  FixedPointCount count(int tag) const { return oms_decimal<FixedPointCount>(text(tag)); }
  const OmsFields& all() const noexcept { return all_; }

 private:
  OmsFields all_;
};

OmsClient::OmsClient(gateway::FixVersion version, const std::string& comp_id, std::uint16_t port, const std::string& dictionary,
                     const std::string& folder)
    : version_(version),
      name_(comp_id),
      prefix_(fix42() ? "42" : "44"),
      quickfix_({std::string(gateway::begin_string(version)), comp_id, kGatewayCompId, dictionary, folder, port}, handlers()) {}

OmsClient::~OmsClient() { quickfix_.stop(); }

void OmsClient::start() {
  quickfix_.start();
  wait_for(name_ + " to be logged on", [this] { return logged_on(); });
}
void OmsClient::log_out() {
  quickfix_.log_out();
  wait_for(name_ + " to be logged out", [this] { return !logged_on(); });
}
void OmsClient::log_on() {
  quickfix_.log_on();
  wait_for(name_ + " to be logged on again", [this] { return logged_on(); });
}

// ---- handlers: on QuickFIX's thread ---------------------------------------------------------------------------------------

QuickfixOmsHandlers OmsClient::handlers() {
  QuickfixOmsHandlers h;
  h.on_message = [this](const std::string& message) { on_message(message); };
  h.on_session = [this] { changed_.notify_all(); };
  h.on_reject_sent = [this](const std::string& message) { trouble("QuickFIX refuses a message of the gateway: " + message); };
  h.on_reject = [this](const std::string& message) { trouble("the gateway refuses a message of QuickFIX: " + message); };
  return h;
}

void OmsClient::trouble(const std::string& text) {
  {
    const std::lock_guard lock(mutex_);
    trouble_ = name_ + ": " + text;
    std::ranges::replace(trouble_, '\x01', '|');
  }
  changed_.notify_all();
}

void OmsClient::on_message(const std::string& message) {
  const Fields fields(message);
  const std::string type = fields.text(35);
  if (type == "j" || type == "Y") return trouble("the gateway answers " + message);
  {
    const std::lock_guard lock(mutex_);
    if (type == "8") on_report(fields);
    if (type == "9") on_cancel_reject(fields);
    if (type == "W" || type == "X") on_market_data(fields);
  }
  changed_.notify_all();
}

bool OmsClient::is_status(const Fields& report) const { return fix42() ? report.code(20) == '3' : report.code(150) == 'I'; }
bool OmsClient::is_trade(const Fields& report) const {
  if (fix42()) return report.code(20) == '0' && (report.code(150) == '1' || report.code(150) == '2');
  return report.code(150) == 'F';
}

void OmsClient::on_report(const Fields& report) {
  OmsOrder order;
  order.cl_ord_id = report.text(11);
  order.order_id = report.text(37);
  order.symbol = report.text(55);
  order.side = report.code(54);
  order.ord_status = report.code(39);
  order.exec_type = report.code(150);
  order.cum = report.count(14);
  order.leaves = report.count(151);
  order.text = report.text(58);
  order.poss_dup = report.code(43) == 'Y';
  if (is_status(report)) {
    if (report.has(584)) {
      MassStatus& all = mass_statuses_[report.text(584)];
      if (order.ord_status != '8') ++all.orders;
      all.done = report.code(912) == 'Y';
    } else {
      statuses_[order.cl_ord_id] = order;
    }
    return;
  }
  if (!exec_ids_.insert(report.text(17)).second) {
    ++record_.duplicates;
    return;
  }
  ++record_.reports;
  by_cl_ord_id_[order.cl_ord_id] = order;
  if (order.order_id != kNoOrderId) record_.orders.erase(order.cl_ord_id);
  if (order.exec_type == 'A' && !order.text.empty()) record_.in_doubt.insert(order.cl_ord_id);
  if (order.order_id != kNoOrderId && order.exec_type == '0') record_.accepted.insert(order.order_id);
  record_.orders[order.order_id == kNoOrderId ? order.cl_ord_id : order.order_id] = order;
  if (!is_trade(report)) return;
  const FixedPointCount quantity = order.side == '2' ? -report.count(32) : report.count(32);
  record_.fills[report.text(17)] = quantity;
  record_.positions[order.symbol] += quantity;
}

void OmsClient::on_cancel_reject(const Fields& reject) {
  cancel_rejects_[reject.text(11)] = fmt::format("102={} {}", reject.text(102), reject.text(58));
}

// W: 268 entries that begin with 269. X: entries that begin with 279; absent fields are those of the entry before only in other feeds.
void OmsClient::on_market_data(const Fields& message) {
  const bool snapshot = message.text(35) == "W";
  struct Entry {
    char action{'0'}, type{};
    std::string symbol;
    DollarDecimal price;
    FixedPointCount size;
  };
  std::vector<Entry> entries;
  const int first_tag = snapshot ? 269 : 279;
  for (const auto& [tag, value] : message.all()) {
    if (tag == first_tag) entries.emplace_back();
    if (entries.empty()) continue;
    if (tag == 279) entries.back().action = value.front();
    if (tag == 269) entries.back().type = value.front();
    if (tag == 55) entries.back().symbol = value;
    if (tag == 270) entries.back().price = oms_decimal<DollarDecimal>(value);
    if (tag == 271) entries.back().size = oms_decimal<FixedPointCount>(value);
  }
  const Timestamp now = system_clock().now();
  if (snapshot) {
    std::vector<BookLevel> bids, asks;
    for (const Entry& entry : entries) {
      if (entry.type == '0') bids.push_back({entry.price, entry.size});
      if (entry.type == '1') asks.push_back({entry.price, entry.size});
    }
    Market& market = markets_[message.text(55)];
    market.book.apply_snapshot(bids, asks, now);
    ++market.updates;
    return;
  }
  for (const Entry& entry : entries) {
    if (entry.type == '2') {
      ++trades_;
      continue;
    }
    Market& market = markets_[entry.symbol];
    constexpr char kDelete = '2';
    market.book.set_level(entry.type == '0' ? BookSide::bid : BookSide::ask, entry.price,
                          entry.action == kDelete ? FixedPointCount{} : entry.size, now);
    ++market.updates;
  }
}

// ---- requests -------------------------------------------------------------------------------------------------------------

std::string OmsClient::next_id() { return fmt::format("{}-{}", prefix_, ++next_id_); }

void OmsClient::send(const std::string& msg_type, const OmsFields& fields, const std::vector<OmsGroup>& groups) {
  if (!quickfix_.send(msg_type, fields, groups) && logged_on()) throw DemoFailure(name_ + ": QuickFIX does not send");
}

namespace {
OmsFields oms_terms(const OmsClient::Ticket& t, bool fix42) {
  OmsFields fields{{55, t.symbol}, {54, oms_char(t.side)}, {60, oms_now()}, {38, std::to_string(t.quantity)}, {40, oms_char(t.ord_type)}};
  if (fix42) fields.emplace_back(21, "1");  // HandlInst: that version demands it
  if (!t.price.empty()) fields.emplace_back(44, t.price);
  if (t.time_in_force != 0) fields.emplace_back(59, oms_char(t.time_in_force));
  if (t.expire_time) fields.emplace_back(126, oms_time(*t.expire_time));
  if (!t.exec_inst.empty()) fields.emplace_back(18, t.exec_inst);
  if (!t.group.empty()) fields.emplace_back(526, t.group);
  return fields;
}
}  // namespace

std::string OmsClient::order(const Ticket& ticket) {
  const std::string id = next_id();
  OmsFields fields = oms_terms(ticket, fix42());
  fields.emplace_back(11, id);
  send("D", fields);
  return id;
}

std::string OmsClient::replace(const std::string& cl_ord_id, const Ticket& changed) {
  const std::string id = next_id();
  OmsFields fields = oms_terms(changed, fix42());
  fields.emplace_back(11, id);
  fields.emplace_back(41, cl_ord_id);
  send("G", fields);
  return id;
}

std::string OmsClient::cancel(const std::string& cl_ord_id, const Ticket& ticket) {
  const std::string id = next_id();
  send("F", {{11, id},
             {41, cl_ord_id},
             {55, ticket.symbol},
             {54, oms_char(ticket.side)},
             {60, oms_now()},
             {38, std::to_string(ticket.quantity)}});
  return id;
}

std::string OmsClient::mass_cancel() {
  const std::string id = next_id();
  constexpr const char* kAllOrders = "7";
  send("q", {{11, id}, {530, kAllOrders}, {60, oms_now()}});
  return id;
}

OmsOrder OmsClient::status(const std::string& cl_ord_id, const Ticket& ticket) {
  {
    const std::lock_guard lock(mutex_);
    statuses_.erase(cl_ord_id);
  }
  send("H", {{11, cl_ord_id}, {55, ticket.symbol}, {54, oms_char(ticket.side)}});
  std::optional<OmsOrder> told;
  wait_for("the status of " + cl_ord_id, [&] {
    const std::lock_guard lock(mutex_);
    const auto found = statuses_.find(cl_ord_id);
    if (found != statuses_.end()) told = found->second;
    return told.has_value();
  });
  return *told;
}

std::size_t OmsClient::working_orders() {
  const std::string id = next_id();
  constexpr const char* kAllOrders = "7";
  send("AF", {{584, id}, {585, kAllOrders}});
  std::size_t orders = 0;
  wait_for("the status of all orders", [&] {
    const std::lock_guard lock(mutex_);
    const MassStatus& all = mass_statuses_[id];
    orders = all.orders;
    return all.done;
  });
  return orders;
}

void OmsClient::subscribe(const std::string& symbol) {
  constexpr const char *kSnapshotAndUpdates = "1", *kFullBook = "0", *kIncremental = "1";
  send("V", {{262, next_id()}, {263, kSnapshotAndUpdates}, {264, kFullBook}, {265, kIncremental}},
       {{267, 269, {{{269, "0"}}, {{269, "1"}}, {{269, "2"}}}}, {146, 55, {{{55, symbol}}}}});
}

// ---- waiting --------------------------------------------------------------------------------------------------------------

void OmsClient::wait_for(std::string_view what, const std::function<bool()>& condition, std::chrono::seconds at_most) {
  const auto deadline = std::chrono::steady_clock::now() + at_most;
  for (;;) {
    const bool met = condition();  // takes the lock itself where it looks at what has come
    std::unique_lock lock(mutex_);
    if (!trouble_.empty()) throw DemoFailure(trouble_);
    if (met) return;
    if (std::chrono::steady_clock::now() >= deadline) throw DemoFailure(fmt::format("{} waited in vain for {}", name_, what));
    changed_.wait_for(lock, std::chrono::milliseconds(20));  // also looks at what no handler announces, such as session states
  }
}

std::optional<OmsOrder> OmsClient::find(const std::string& cl_ord_id) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_cl_ord_id_.find(cl_ord_id);
  return found == by_cl_ord_id_.end() ? std::nullopt : std::optional(found->second);
}

OmsOrder OmsClient::await(const std::string& cl_ord_id, std::string_view what, const std::function<bool(const OmsOrder&)>& good) {
  wait_for(fmt::format("{}: {}", cl_ord_id, what), [&] {
    const auto order = find(cl_ord_id);
    return order && good(*order);
  });
  return *find(cl_ord_id);
}

OmsOrder OmsClient::await_status(const std::string& cl_ord_id, char ord_status) {
  return await(cl_ord_id, to_string(static_cast<OrdStatus>(ord_status)), [=](const OmsOrder& o) { return o.ord_status == ord_status; });
}

std::string OmsClient::await_cancel_reject(const std::string& cl_ord_id) {
  std::string told;
  wait_for(cl_ord_id + ": OrderCancelReject(9)", [&] {
    const std::lock_guard lock(mutex_);
    const auto found = cancel_rejects_.find(cl_ord_id);
    if (found != cancel_rejects_.end()) told = found->second;
    return !told.empty();
  });
  return told;
}

OmsRecord OmsClient::record() const {
  const std::lock_guard lock(mutex_);
  return record_;
}
OrderBook OmsClient::book(const std::string& symbol) const {
  const std::lock_guard lock(mutex_);
  const auto found = markets_.find(symbol);
  return found == markets_.end() ? OrderBook(symbol) : found->second.book;
}
std::uint64_t OmsClient::updates(const std::string& symbol) const {
  const std::lock_guard lock(mutex_);
  const auto found = markets_.find(symbol);
  return found == markets_.end() ? 0 : found->second.updates;
}
std::uint64_t OmsClient::trades_seen() const {
  const std::lock_guard lock(mutex_);
  return trades_;
}

std::string words(const OmsOrder& order) {
  std::string text = fmt::format("39={} {}", order.ord_status, to_string(static_cast<OrdStatus>(order.ord_status)));
  if (!order.cum.is_zero()) text += fmt::format(", {} filled", order.cum.to_string());
  if (!order.leaves.is_zero()) text += fmt::format(", {} left", order.leaves.to_string());
  if (!order.text.empty()) text += " (" + visible(order.text) + ")";
  return text;
}

}  // namespace marginfix::apps
