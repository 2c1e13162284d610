// `marginfix fix`: an interactive FIX session. Commands from standard input (fix_console.hpp), reports as they come.
#include <fmt/format.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "apps/book_view.hpp"
#include "apps/command.hpp"
#include "apps/fix_console.hpp"
#include "apps/forms.hpp"
#include "apps/help/command_help.hpp"
#include "apps/line_editor.hpp"
#include "apps/output.hpp"
#include "apps/report_line.hpp"
#include "apps/state_lines.hpp"
#include "marginfix/core/uuid.hpp"
#include "marginfix/domain/order_tracker.hpp"
#include "marginfix/fix/domain_reports.hpp"
#include "marginfix/json/writer.hpp"
#include "marginfix/margin_fix_client.hpp"
#include "marginfix/perps_client.hpp"
#include "marginfix/rest/domain_values.hpp"
#include "marginfix/services/find_out.hpp"

namespace marginfix::apps {

namespace {
struct FixArguments {
  std::string cfg, session;
  int wait_seconds{15};
  bool reset_once{false};
  FormArguments form;
};

// What is known of an order: FIX's word, or ours where the exchange has not said a word of it.
std::string status_of(const OrderState& state) {
  const bool told = state.phase != OrderPhase::sent && state.phase != OrderPhase::outcome_unknown && state.phase != OrderPhase::not_sent;
  return told ? to_string(state.ord_status()) : std::string(to_string(state.phase));
}

std::string order_json(const OrderState& o) {
  std::string line;
  json::Writer w(line);
  w.begin_object().key("ts").raw(json_now()).member("order", o.first_id()).member("cl_ord_id", o.own_id()).member("order_id", o.order_id);
  w.member("side", o.side == Side::Buy ? "buy" : "sell").member("symbol", o.symbol).member("quantity", o.order_qty.to_string());
  w.member("price", o.price.to_string()).member("filled", o.cum_qty.to_string()).member("leaves", o.leaves_qty.to_string());
  w.member("status", status_of(o)).end_object();
  return line;
}

std::string order_line(const OrderState& o) {
  const std::string now = o.first_id() == o.own_id() ? "" : " (now " + o.own_id() + ")";
  return fmt::format("{}{} {} {} {} @ {}  {}", o.first_id(), now, o.side == Side::Buy ? "buy" : "sell", o.order_qty.to_string(), o.symbol,
                     o.price.to_string(), status_of(o));
}

class Console {
 public:
  // REST is asked where it is configured with a key.
  Console(const ExchangeAccount& account, MessageForm form, std::string prompt)
      : form_(std::move(form)),
        json_(form_.form() == Form::json),
        prompt_(std::move(prompt)),
        rest_(account.has_rest() && account.rest.authenticated() ? std::make_unique<PerpsClient>(account.rest, account.rest_options())
                                                                 : nullptr),
        log_(command_log(account.fix)),
        client_(account.fix, account.fix_options(log_)) {
    client_.visit([this](auto& session) { attach(session); });
    for (FixSession* session : client_.sessions()) session->set_common_handlers(common(session->name()));
  }

  Result<void> start(std::chrono::seconds wait) {
    if (auto started = client_.start(); !started) return started;
    rotate_.emplace(client_.message_log());
    return client_.wait_until_active(wait);
  }

  // Reads commands until quit or the end of input; false when a command was refused.
  bool run() {
    form_.begin();
    bool all_good = true;
    read_lines(all_good);
    settle();
    client_.stop();
    return all_good;
  }

 private:
  // The terminal is again what it was when this returns.
  void read_lines(bool& all_good) {
    LineEditor editor({prompt_, console_verbs(), form_.for_people()});
    say("ready: help lists the commands");
    while (const auto line = editor.next()) {
      auto command = parse_console_line(*line);
      if (!command) {
        report(command.error());
        all_good = false;
        continue;
      }
      if (std::holds_alternative<QuitCommand>(*command)) break;
      const auto done = std::visit([this](const auto& c) { return execute(c); }, *command);
      if (!done) {
        report(done.error());
        all_good = false;
      }
      if (stop_requested()) break;
    }
  }

  // ---- what comes back ------------------------------------------------------------------------------------------------
  SessionHandlers common(const std::string& name) {
    SessionHandlers h;
    h.on_state = [this, name](const StateChange& change) {
      if (json_)
        print_line(fmt::format(R"({{"session":{},"ts":{},"state":{},"reason":{},"text":{}}})", json_string(name), json_now(),
                               json_string(to_string(change.state)), json_string(to_string(change.reason)), json_string(change.text)));
      else if (const auto news = states_.news(name, change))
        tell(*news);
    };
    h.on_message = [this, name](const Inbound& in) {
      if (in.msg_type == "0") answered();
      if (json_) print_line(json_of(name, in));
      if (form_.records() && is_about_orders(in.msg_type)) form_.record({name, system_clock().now()}, in.raw);
    };
    h.on_undecodable = [this, name](const Inbound& in, const Error& error) {
      if (form_.records()) return static_cast<void>(report(line_of(in, error)));
      print_line(json_ ? json_of(name, in, error) : line_of(in, error));
    };
    h.on_reject = [this](const fix::Reject& r, const SentMessage* about, const Inbound& in) {
      refused(about, r.text);
      say(line_of(r, about) + findings_of(in));
    };
    h.on_business_reject = [this](const fix::BusinessMessageReject& r, const SentMessage* about, const Inbound& in) {
      refused(about, r.text);
      say(line_of(r, about) + findings_of(in));
    };
    h.on_gap = [](const MissingMessages& m) {
      report(fmt::format("MsgSeqNum(34) {} to {} of the exchange will not come: compare drop copy or REST with what you have", m.first,
                         m.last));
    };
    h.on_not_sent = [this, name](const NotSent& n) {
      track(RequestRefused{std::string(n.cl_ord_id), n.error.message});
      if (json_)
        print_line(fate_json(name, "not_sent", n.msg_type, n.cl_ord_id, n.error.message));
      else
        report(fmt::format("{} {} was not sent: {}", n.msg_type, n.cl_ord_id, n.error.message));
    };
    return h;
  }

  void attach(OrderEntrySession& session) {
    OrderEntryHandlers h;
    h.on_execution_report = [this](const fix::ExecutionReport& r, const Inbound& in) { on_report(r, in, ""); };
    h.on_cancel_reject = [this](const fix::OrderCancelReject& r, const Inbound& in) {
      track(fix::to_cancel_rejected(r));
      say(line_of(r) + findings_of(in));
    };
    h.on_mass_cancel_report = [this](const fix::OrderMassCancelReport& r, const Inbound& in) { say(line_of(r) + findings_of(in)); };
    h.on_outcome_unknown = [this, name = session.name()](const UnknownOutcome& u) {
      track(OutcomeUnknown{std::string(u.message.cl_ord_id), u.cause, std::string(u.text)});
      if (json_)
        print_line(fate_json(name, "outcome_unknown", u.message.msg_type, u.message.cl_ord_id, u.text));
      else if (form_.records())
        report(fmt::format("OUTCOME UNKNOWN: {} (find-out {})", u.text, asked_for(u.message.cl_ord_id)));
      else
        say(fmt::format("{:>12} OUTCOME UNKNOWN: {} (find-out {})", "", u.text, asked_for(u.message.cl_ord_id)));
    };
    session.set_handlers(std::move(h));
    if (orders_ == nullptr) orders_ = &session;
  }
  void attach(ListenerSession& session) {
    ListenerHandlers h;
    h.on_execution_report = [this](const fix::ExecutionReport& r, const Inbound& in) { on_report(r, in, "heard "); };
    session.set_handlers(std::move(h));
  }
  void attach(DropCopySession& session) {
    DropCopyHandlers h;
    h.on_execution_report = [this](const fix::ExecutionReport& r, const Inbound& in) { on_report(r, in, "past  "); };
    session.set_handlers(std::move(h));
    drop_copy_ = &session;
  }
  void attach(MarketDataSession& session) {
    MarketDataHandlers h;
    h.on_book = [this](const std::string& symbol, const OrderBook& book, BookEvent event) { on_book(symbol, book, event); };
    h.on_subscription_problem = [](const SubscriptionProblem& problem) { report(problem.error); };
    session.set_handlers(std::move(h));
    market_data_ = &session;
  }

  static std::string fate_json(const std::string& session, std::string_view fate, std::string_view msg_type, std::string_view cl_ord_id,
                               std::string_view text) {
    return fmt::format(R"({{"session":{},"ts":{},"fate":{},"msg_type":{},"cl_ord_id":{},"text":{}}})", json_string(session), json_now(),
                       json_string(fate), json_string(msg_type), json_string(cl_ord_id), json_string(text));
  }
  // All that belongs to a session and to no order is left out of records.
  static bool is_about_orders(std::string_view msg_type) {
    return msg_type.size() != 1 || std::string_view("01245A").find(msg_type) == std::string_view::npos;
  }

  void say(const std::string& line) const {
    if (form_.for_people()) print_line(line);
  }
  // What a command of the console asked for: among CSV's rows it would be none.
  void answer(const std::string& json, const std::string& line) const {
    if (form_.form() == Form::csv) return tell(line);
    form_.for_people() ? print_line(line) : print_json(json);
  }

  // Whoever tells of an order, late or twice: the tracker says what it is by now and which id it answers to.
  void on_report(const fix::ExecutionReport& r, const Inbound& in, std::string_view heard) {
    track(fix::to_order_report(r));
    say(std::string(heard) + line_of(r, clock_) + findings_of(in));
  }
  void refused(const SentMessage* about, const std::optional<std::string_view>& text) {
    if (about != nullptr) track(RequestRefused{std::string(about->cl_ord_id), std::string(text.value_or(std::string_view()))});
  }
  void track(const OrderEvent& event) {
    const std::lock_guard lock(mutex_);
    const auto [order, effects] = tracker_.apply(event, system_clock().now());
    changed_.notify_all();
    if (order == nullptr) return;  // no order's: a mass cancel's, an order group's
    for (const OrderEffect& e : effects) {
      if (e.kind == OrderEffectKind::contradiction || e.kind == OrderEffectKind::overfilled)
        report(fmt::format("{}: {}: {}", order->state.own_id(), to_string(e.kind), e.text));
    }
  }

  void on_book(const std::string& symbol, const OrderBook& book, BookEvent event) {
    if (event == BookEvent::update || !form_.for_people()) return;  // a console shows what was asked for; `marginfix md` follows the book
    for (const auto& line : ladder(symbol, book, 10, std::min<std::size_t>(terminal_size().columns, 100))) print_line(line);
  }

  // ---- commands -------------------------------------------------------------------------------------------------------
  Result<OrderEntrySession*> orders() const {
    if (orders_ == nullptr) return fail(ErrorCategory::config, "no order entry session here: choose --session NR or RT");
    return orders_;
  }
  // Under any id it has or had: an amend gives it a new one. One of an earlier run is looked for in REST.
  Result<OrderState> known(const std::string& cl_ord_id) {
    if (auto order = wait_for_word_of(cl_ord_id)) return *order;
    if (rest_ && !sent_here(cl_ord_id)) {
      if (auto read = read_resting(); !read) return read.error();
      if (auto order = told_of(cl_ord_id)) return *order;
      return fail(ErrorCategory::config, "no report of an order " + cl_ord_id + " has come in this session, and none with that id rests");
    }
    return fail(ErrorCategory::config, "no report of an order " + cl_ord_id + " has come in this session" +
                                           (rest_ ? "" : " (a KalshiDC session brings those of the last hours: resend 0;0)"));
  }
  std::optional<OrderState> told_of(const std::string& cl_ord_id) const {
    const std::lock_guard lock(mutex_);
    const TrackedOrder* order = tracker_.find(cl_ord_id);
    if (order == nullptr || order->state.phase == OrderPhase::sent || order->state.phase == OrderPhase::not_sent) return {};
    return order->state;
  }
  // Lines may come faster than reports: the answer to what has just been sent of the order is waited for, since an amend renames it.
  std::optional<OrderState> wait_for_word_of(const std::string& cl_ord_id) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(3), [&] {
      const TrackedOrder* order = tracker_.find(cl_ord_id);
      return order == nullptr || (order->state.phase != OrderPhase::sent && order->state.pending.empty()) || stop_requested();
    });
    lock.unlock();
    return told_of(cl_ord_id);
  }
  bool sent_here(const std::string& cl_ord_id) const {
    const std::lock_guard lock(mutex_);
    return tracker_.find(cl_ord_id) != nullptr;
  }
  // Orders that rest, of whichever run and door.
  Result<void> read_resting() {
    for (const auto& order : rest_->orders().list_all({.status = "resting"})) {
      if (!order) return order.error();
      auto baseline = rest::to_baseline(*order);
      if (!baseline) return baseline.error();
      track(*std::move(baseline));
    }
    return {};
  }
  // The tracker is told before the message leaves: its answer may be here before send() returns.
  Result<void> sent(const OrderEvent& request, const std::string& id, const std::function<Result<SendReceipt>()>& send) {
    track(request);
    const auto receipt = send();
    if (receipt) return {};
    track(RequestRefused{id, receipt.error().message});
    return receipt.error();
  }

  Result<void> execute(const NothingCommand&) { return {}; }
  Result<void> execute(const QuitCommand&) { return {}; }
  Result<void> execute(const HelpCommand&) {
    if (form_.for_people()) print_lines(fitted_lines(console_help(), help_width()));
    return {};
  }
  Result<void> execute(const NewCommand& c) {
    auto session = orders();
    if (!session) return session.error();
    const std::string id = c.cl_ord_id.empty() ? random_uuid() : c.cl_ord_id;
    fix::NewOrderSingle order;
    order.cl_ord_id = id;
    order.side = c.side;
    order.symbol = c.symbol;
    order.order_qty = c.quantity;
    order.price = c.price;
    order.time_in_force = c.time_in_force;
    order.expire_time = c.expire_time;
    order.exec_inst = c.exec_inst;
    order.self_trade_prevention_type = c.self_trade_prevention;
    order.alloc_account = c.subaccount;
    order.cancel_order_on_pause = c.cancel_on_pause;
    if (c.group) order.secondary_cl_ord_id = *c.group;
    const NewSent request{id, c.symbol, c.side, c.quantity, c.price, c.subaccount.value_or(0)};
    return sent(request, id, [&] { return (*session)->new_order(order); });
  }
  Result<void> execute(const AmendCommand& c) {
    auto session = orders();
    if (!session) return session.error();
    const auto order = known(c.orig_cl_ord_id);
    if (!order) return order.error();
    const std::string id = c.cl_ord_id.empty() ? random_uuid() : c.cl_ord_id;
    fix::OrderCancelReplaceRequest request;
    request.cl_ord_id = id;
    request.orig_cl_ord_id = order->cl_ord_id;
    request.side = order->side;
    request.symbol = order->symbol;
    request.order_qty = c.quantity.value_or(order->order_qty);
    request.price = c.price.value_or(order->price);
    request.time_in_force = c.time_in_force;
    request.expire_time = c.expire_time;
    return sent(ReplaceSent{id, request.order_qty, request.price, order->cl_ord_id}, id, [&] { return (*session)->amend(request); });
  }
  Result<void> execute(const CancelCommand& c) {
    auto session = orders();
    if (!session) return session.error();
    const auto order = known(c.orig_cl_ord_id);
    if (!order) return order.error();
    const std::string id = c.cl_ord_id.empty() ? random_uuid() : c.cl_ord_id;
    fix::OrderCancelRequest request;
    request.cl_ord_id = id;
    request.orig_cl_ord_id = order->cl_ord_id;
    request.side = order->side;
    request.symbol = order->symbol;
    return sent(CancelSent{id, order->cl_ord_id}, id, [&] { return (*session)->cancel(request); });
  }
  Result<void> execute(const MassCancelCommand&) {
    auto session = orders();
    if (!session) return session.error();
    const auto receipt = (*session)->mass_cancel(random_uuid());
    return receipt ? Result<void>() : receipt.error();
  }
  Result<void> execute(const GroupCommand& c) {
    auto session = orders();
    if (!session) return session.error();
    OrderGroups& groups = (*session)->order_groups();
    const auto done = [this](Result<OrderGroupResult> result) {
      if (!result)
        report(result.error());
      else
        say(fmt::format("{:>12} group {} {}", "", result->order_group_id, to_string(result->action)));
    };
    switch (c.action) {
      case OrderGroupAction::Create:
        return groups.create(c.limit.value_or(0), done, c.subaccount);
      case OrderGroupAction::Reset:
        return groups.reset(c.group_id, done, c.subaccount);
      case OrderGroupAction::Delete:
        return groups.remove(c.group_id, done, c.subaccount);
      case OrderGroupAction::Trigger:
        return groups.trigger(c.group_id, done, c.subaccount);
      case OrderGroupAction::Update:
        return groups.update(c.group_id, c.limit.value_or(0), done, c.subaccount);
    }
    return {};
  }
  Result<void> execute(const BookCommand& c) {
    if (market_data_ == nullptr) return fail(ErrorCategory::config, "no market data session here: choose --session MD");
    return c.stop ? market_data_->unsubscribe(c.symbol) : market_data_->subscribe(c.symbol);
  }
  Result<void> execute(const ResendCommand& c) {
    if (drop_copy_ == nullptr) return fail(ErrorCategory::config, "no drop copy session here: choose --session DC");
    const auto asked = drop_copy_->request({c.begin, c.end, {}}, [this](Result<DropCopyResult> result) {
      if (!result)
        report(result.error());
      else
        say(fmt::format("{:>12} {} reports, the last is {}", "", result->reports, result->last_exec_id));
    });
    return asked ? Result<void>() : Result<void>(asked.error());
  }
  // Blocks this thread only; reports are printed as they come.
  Result<void> execute(const FindOutCommand& c) {
    if (!rest_)
      return fail(
          ErrorCategory::config,
          "find-out asks REST, which --cfg does not configure: use --endpoints, --env or the environment, or `marginfix rest orders list`");
    const OrderQuestion question = question_about(c.cl_ord_id);
    const FoundOrder found = find_out({.rest = rest_.get()}, question);
    answer(fmt::format(R"({{"ts":{},"cl_ord_id":{},"fate":{},"order_id":{},"filled":{},"remaining":{},"text":{}}})", json_now(),
                       json_string(found.cl_ord_id), json_string(to_string(found.fate)), json_string(found.order_id),
                       json_string(found.filled.to_string()), json_string(found.remaining.to_string()), json_string(found.text)),
           fmt::format("{:>12} {} {}: {}", "", question.cl_ord_id, to_string(found.fate), found.text));
    if (found.fate == OrderFate::unknown) return fail(ErrorCategory::timeout, question.cl_ord_id + ": " + found.text);
    return {};
  }
  Result<void> execute(const OrdersCommand& c) {
    if (c.resting && !rest_) return fail(ErrorCategory::config, "orders resting asks REST, which --cfg does not configure");
    if (c.resting) {
      if (auto read = read_resting(); !read) return read.error();
    }
    const std::lock_guard lock(mutex_);
    for (const TrackedOrder* order : tracker_.all()) answer(order_json(order->state), order_line(order->state));
    return {};
  }
  Result<void> execute(const StatusCommand&) {
    for (const auto& [name, s] : client_.statistics()) {
      const std::string_view state = to_string(client_.find(name)->state());
      const bool measured = s.last_round_trip.count() != 0;
      const std::string us = measured ? std::to_string(s.last_round_trip.count()) : std::string();
      answer(fmt::format(R"({{"session":{},"status":"{}","ts":{},"messages_in":{},"messages_out":{},"round_trip_us":{},"connects":{}}})",
                         json_string(name), state, json_now(), s.messages_in, s.messages_out, measured ? us : "null", s.connects),
             fmt::format("{}: {}  in {} out {}  round trip {}  connects {}", name, state, s.messages_in, s.messages_out,
                         measured ? us + " us" : "-", s.connects));
    }
    return {};
  }

  // Names every id of the order, and when it was last touched.
  OrderQuestion question_about(const std::string& cl_ord_id) const {
    const std::lock_guard lock(mutex_);
    OrderQuestion question;
    question.cl_ord_id = cl_ord_id;
    const TrackedOrder* order = tracker_.find(cl_ord_id);
    if (order == nullptr) return question;
    const OrderState& state = order->state;
    question.cl_ord_id = state.first_id();
    question.symbol = state.symbol;
    question.other_ids = state.past_ids;
    question.other_ids.push_back(state.cl_ord_id);
    for (const PendingRequest& p : state.pending) question.other_ids.push_back(p.cl_ord_id);
    if (order->last_sent != Timestamp{}) question.sent_at = order->last_sent;
    return question;
  }
  // The ClOrdID(11) the order was placed with.
  std::string asked_for(std::string_view id) const {
    const std::lock_guard lock(mutex_);
    const TrackedOrder* order = tracker_.find(id);
    return order == nullptr ? std::string(id) : order->state.first_id();
  }

  // ---- the end ----------------------------------------------------------------------------------------------------------
  void answered() {
    {
      const std::lock_guard lock(mutex_);
      ++heartbeats_;
    }
    changed_.notify_all();
  }
  // The exchange answers in order: once a TestRequest of each session is answered, every answer to what went before has been printed.
  void settle() {
    std::size_t wanted = 0;
    std::unique_lock lock(mutex_);
    heartbeats_ = 0;
    lock.unlock();
    for (FixSession* session : client_.sessions()) {
      if (!session->active()) continue;
      session->request_round_trip();
      ++wanted;
    }
    lock.lock();
    changed_.wait_for(lock, std::chrono::seconds(3), [&] { return heartbeats_ >= wanted; });
  }

  MessageForm form_;
  bool json_;
  std::string prompt_;
  StateLines states_;
  DayClock clock_{system_clock().now()};
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t heartbeats_{0};
  OrderTracker tracker_;
  std::unique_ptr<PerpsClient> rest_;
  std::shared_ptr<LogSink> log_;
  MarginFixClient client_;
  std::optional<RotateOnHangUp> rotate_;
  OrderEntrySession* orders_{nullptr};
  DropCopySession* drop_copy_{nullptr};
  MarketDataSession* market_data_{nullptr};
};

// NR, RT, DC, MD, LISTENER as the configuration names them.
std::vector<std::string> wanted_sessions(const std::string& session) {
  if (session.empty()) return {};
  if (session == "LISTENER") return {"listener"};
  return {"Kalshi" + session};
}

Result<void> select_session(MarginFixConfig& config, const std::string& session) {
  if (session.empty()) return {};
  const bool listener = session == "LISTENER";
  std::erase_if(config.sessions, [&](const SessionConfig& s) {
    const bool is_listener = s.kind == SessionKind::listener;
    return is_listener != listener || (!listener && target_comp_id(s.target) != "Kalshi" + session);
  });
  if (config.sessions.empty()) return fail(ErrorCategory::config, "the configuration has no " + session + " session");
  return {};
}

// KalshiRT alone has numbers that outlive a connection.
Result<void> reset_once(MarginFixConfig& config) {
  bool any = false;
  for (SessionConfig& session : config.sessions) {
    if (session.target != TargetSession::RT) continue;
    session.reset_sequence_once = any = true;
  }
  if (!any) return fail(ErrorCategory::config, "--reset-once is about KalshiRT, and no such session is chosen: --session RT");
  return {};
}

int run_fix(const FixArguments& arguments, const Globals& globals) {
  AccountDoors with_rest = kFixOnly;
  with_rest.rest = DoorChoice::if_there;
  const auto load = [&](const AccountDoors& doors) {
    return load_fix_account(globals.connection, doors, arguments.cfg, wanted_sessions(arguments.session));
  };
  // REST is for find-out: orders go without it.
  auto account = load(arguments.cfg.empty() ? with_rest : kFixOnly);
  if (!account) account = load(kFixOnly);
  if (!account) return report(account.error());
  if (auto selected = select_session(account->fix, arguments.session); !selected) return report(selected.error());
  if (arguments.reset_once) {
    if (auto reset = reset_once(account->fix); !reset) return report(reset.error());
  }
  auto form = MessageForm::of(arguments.form, globals.json);
  if (!form) return report(form.error());
  report_findings(account->fix);
  catch_stop_signals();
  Console console(*account, *std::move(form), (arguments.session.empty() ? "marginfix" : arguments.session) + "> ");
  if (auto started = console.start(std::chrono::seconds(arguments.wait_seconds)); !started) return report(started.error());
  return console.run() ? kSuccess : kFailure;
}
}  // namespace

void add_fix_command(CLI::App& root, const Globals& globals, Runner& run) {
  auto* command = root.add_subcommand("fix", "an interactive FIX session: commands from standard input, reports as they come");
  auto a = std::make_shared<FixArguments>();
  command->add_option("--cfg", a->cfg, "QuickFIX .cfg (instead of --endpoints, --env or the environment)")->type_name("FILE");
  command->add_option("--session", a->session, "NR, RT, DC, MD or LISTENER (default: every session configured)")
      ->check(CLI::IsMember({"NR", "RT", "DC", "MD", "LISTENER"}));
  command->add_option("--wait", a->wait_seconds, "seconds to wait for the Logon (default 15)");
  command->add_flag("--reset-once", a->reset_once,
                    "KalshiRT: the first Logon begins both sides' numbers at 1 (141=Y); what the exchange kept for resending is dropped");
  add_form_options(*command, a->form);
  command->footer("Commands:\n" + console_help());
  command->callback([a, &globals, &run] { run = [a, &globals] { return run_fix(*a, globals); }; });
}

}  // namespace marginfix::apps
