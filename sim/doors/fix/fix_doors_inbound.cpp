// The doors' way in: application messages of clients to requests of the exchange.
#include "sim/doors/fix/fix_doors.hpp"
#include "sim/doors/fix/reasons.hpp"
#include "sim/doors/fix/reports.hpp"
#include "sim/exchange/commands/orders.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "sim/exchange/views/market.hpp"
#include "sim/exchange/views/members.hpp"

namespace marginfix::sim {
namespace {

bool is_one_of(std::string_view type, std::initializer_list<std::string_view> types) {
  for (const std::string_view known : types) {
    if (type == known) return true;
  }
  return false;
}

bool belongs_here(FixDoor door, std::string_view type) {
  switch (door) {
    case FixDoor::NR:
      return is_one_of(type, {"D", "G", "F", "q", "UOG", "U1"});
    case FixDoor::RT:
      return is_one_of(type, {"D", "G", "F", "UOG"});
    case FixDoor::DC:
      return type == "U1";
    case FixDoor::MD:
      return is_one_of(type, {"V", "e"});
  }
  return false;
}

}  // namespace

void FixDoors::on_message(AcceptorSession& session, const AcceptorMessage& message) {
  const auto known = by_session_.find(&session);
  if (dead_ || known == by_session_.end()) return;
  try {
    exchange_.step(options_.wall_now());
    settle(*known->second);
    dispatch(*known->second, message);
  } catch (const Exception& e) {
    options_.log->log(LogLevel::error, "sim", e.what());
    refuse_unwritten(*known->second, message);
  }
  options_.engine_used();
}

void FixDoors::on_drained(AcceptorSession& session) {
  const auto known = by_session_.find(&session);
  if (!dead_ && known != by_session_.end()) drop_copy_.go_on(known->second->number);
}

// The journal cannot be written: nothing was done.
void FixDoors::refuse_unwritten(DoorSession& session, const AcceptorMessage& message) {
  reader_.read(message.raw.data(), message.raw.size(), inbound_);
  if (is_one_of(message.msg_type, {"D", "G", "F"})) return say_unavailable(session, message);
  if (message.msg_type == "U1")
    return drop_copy_.reject(session.number, message.seq, kServerError, "The exchange cannot write its journal");
  business_reject(session, message.seq, message.msg_type, kUnavailable, "The exchange cannot write its journal");
}

void FixDoors::dispatch(DoorSession& session, const AcceptorMessage& message) {
  // After a kill -9 a client sends again what the engine has executed but the session's number does not show.
  if (session.record && static_cast<std::uint64_t>(message.seq) <= views::last_ref_seq(exchange_.state(), session.route())) return;
  const fixwire::Verdict verdict = reader_.read(message.raw.data(), message.raw.size(), inbound_);
  const bool known_elsewhere = verdict.kind == fixwire::Verdict::Kind::unsupported;
  const bool unknown_type = verdict.kind == fixwire::Verdict::Kind::reject && verdict.tag == 35;
  if (!unknown_type && (known_elsewhere || !belongs_here(session.door, message.msg_type))) {
    return business_reject(session, message.seq, message.msg_type, kUnsupportedType, "Unsupported message type on this session");
  }
  // 263 outside its list is answered by Y, not by Reject(3).
  const bool md_request = message.msg_type == "V" && verdict.tag == 263;
  if (verdict.kind == fixwire::Verdict::Kind::reject && !md_request) {
    return refuse(session, message, {Refusal::Kind::reject, verdict.reason, verdict.tag, verdict.text});
  }
  switch (session.door) {
    case FixDoor::NR:
    case FixDoor::RT:
      return message.msg_type == "U1" ? drop_copy_message(session, message) : order_message(session, message);
    case FixDoor::DC:
      return drop_copy_message(session, message);
    case FixDoor::MD:
      return market_data_message(session, message);
  }
}

// ---- order entry ------------------------------------------------------------------------------------------------------------

// Creates and amends spend the bucket of the market's shard, cancels a token of the default one.
Spend FixDoors::price_of(std::string_view type) const {
  if (is_one_of(type, {"V", "e", "U1"})) return {BucketKind::Read, kDefaultCost};
  if (is_one_of(type, {"F", "q"})) return {BucketKind::Write, kCancelCost};
  const bool order = is_one_of(type, {"D", "G"});
  return {BucketKind::Write, kDefaultCost, order ? views::shard_of(exchange_.state(), inbound_.symbol) : 0};
}

bool FixDoors::charge(DoorSession& session, const AcceptorMessage& message) {
  if (exchange_.charge(session.account, price_of(message.msg_type), options_.wall_now())) return true;
  business_reject(session, message.seq, message.msg_type, kRateLimit, "Rate limit exceeded");
  return false;
}

void FixDoors::order_message(DoorSession& session, const AcceptorMessage& message) {
  if (session.options.listener) {
    return business_reject(session, message.seq, message.msg_type, kNotAuthorized, "Listener sessions send no orders");
  }
  if (!charge(session, message)) return;
  if (const Refusal refusal = read_operator(inbound_, session.fcm)) return refuse(session, message, refusal);
  RequestContext context;
  context.from = session.route();
  context.operator_id = inbound_.sender_sub_id;
  context.ref_seq = static_cast<std::uint64_t>(message.seq);
  trade_request(session, message, context);
}

void FixDoors::trade_request(DoorSession& session, const AcceptorMessage& message, const RequestContext& context) {
  const auto fault = order_faults_.take(session.session->door().comp_id, session.key_id, message.msg_type);
  if (!fault) return carry_out(session, message, context);
  if (*fault == OrderFault::Kind::UnavailableAfter) {
    struct Withheld {
      const DoorSession*& from;
      ~Withheld() { from = nullptr; }
    } const withheld{withheld_from_};
    withheld_from_ = &session;
    carry_out(session, message, context);
  }
  say_unavailable(session, message);
}

void FixDoors::say_unavailable(DoorSession& session, const AcceptorMessage& message) {
  const std::string text(reason_text(Reason::ExchangeUnavailable));
  if (message.msg_type == "D") return reject_order(session, static_cast<int>(ord_rej_reason(Reason::ExchangeUnavailable)), text);
  CancelRejectEvent event;
  event.cl_ord_id = inbound_.cl_ord_id;
  event.orig_cl_ord_id = inbound_.orig_cl_ord_id;
  event.order_id = inbound_.order_id.empty() ? "NONE" : std::string_view(inbound_.order_id);
  event.status = OrdStatus::Rejected;
  event.reason = Reason::ExchangeUnavailable;
  event.response_to = message.msg_type == "F" ? CxlRejResponseTo::OrderCancelRequest : CxlRejResponseTo::OrderCancelReplaceRequest;
  event.time = exchange_.now();
  deliver(session, "9", writer_.cancel_reject(cancel_reject(event)), 0);
}

void FixDoors::carry_out(DoorSession& session, const AcceptorMessage& message, const RequestContext& context) {
  if (message.msg_type == "D") return new_order(session, message, context);
  if (message.msg_type == "G") {
    AmendOrder amend;
    if (const Refusal refusal = read_amend(inbound_, session.fcm, amend)) return refuse(session, message, refusal);
    exchange_.run(commands::Amend{context, amend});
  } else if (message.msg_type == "F") {
    CancelOrder cancel;
    if (const Refusal refusal = read_cancel(inbound_, session.fcm, cancel)) return refuse(session, message, refusal);
    exchange_.run(commands::Cancel{context, cancel});
  } else if (message.msg_type == "UOG") {
    GroupRequest group;
    if (const Refusal refusal = read_group(inbound_, group)) return refuse(session, message, refusal);
    exchange_.run(commands::Group{context, group});
  } else {
    if (inbound_.mass_cancel_type != "6") {
      const auto operation = make_uuid(static_cast<std::uint64_t>(message.seq), IdKind::Operation, session.number);
      const fixwire::OrderMassCancelReport report{
          inbound_.cl_ord_id, std::string(operation.view()), "MassCancelRequestType(530) must be 6", inbound_.mass_cancel_type, "0", "0"};
      return deliver(session, "r", writer_.mass_cancel_report(report), 0);
    }
    if (!exchange_.rate_limits().allow_mass_cancel(session.key, options_.wall_now())) {
      return business_reject(session, message.seq, message.msg_type, kRateLimit, "One mass cancel a second");
    }
    exchange_.run(commands::MassCancel{context, {inbound_.cl_ord_id}});
  }
}

void FixDoors::new_order(DoorSession& session, const AcceptorMessage& message, const RequestContext& context) {
  NewOrder order;
  if (const Refusal refusal = read_new_order(inbound_, session.fcm, order)) return refuse(session, message, refusal);
  // A key that is locked to a subaccount means that one when it names none.
  if (inbound_.alloc_account.empty()) order.subaccount = views::key(exchange_.state(), session.key).subaccount.value_or(0);
  if (const Refusal refusal = check_customer(session, order.customer_account)) return refuse(session, message, refusal);
  // A date that has passed asks for what can be had at once.
  if (order.time_in_force == TimeInForce::GTD && order.expire_time && *order.expire_time <= exchange_.now()) {
    order.time_in_force = TimeInForce::IOC;
    order.expire_time.reset();
  }
  exchange_.run(commands::Submit{context, order});
}

// "<user id of the FCM>_<suffix>" names a subtrader, which must be one of its own. Any other text is a customer of the FCM's books.
Refusal FixDoors::check_customer(const DoorSession& session, std::string_view customer) const {
  constexpr std::size_t kUuid = 36;
  if (customer.size() <= kUuid || customer[kUuid] != '_' || !is_uuid(customer.substr(0, kUuid))) return {};
  const auto refuse = [](const char* text) { return Refusal{Refusal::Kind::order, kUnknownAccount, 0, text}; };
  if (customer.substr(0, kUuid) != views::user_id(exchange_.state(), session.account).view())
    return refuse("PERMISSION_DENIED_FOR_CUSTOMER_ACCOUNT");
  if (!views::find_subtrader(exchange_.state(), session.account, customer)) return refuse("CUSTOMER_ACCOUNT_NOT_FOUND");
  return {};
}

// ---- market data, drop copy -------------------------------------------------------------------------------------------------

void FixDoors::market_data_message(DoorSession& session, const AcceptorMessage& message) {
  if (!charge(session, message)) return;
  if (message.msg_type == "V") {
    if (market_data_.request(session.number, inbound_)) return;
    return business_reject(session, message.seq, message.msg_type, kConditionMissing, "NoRelatedSym(146) is required");
  }
  if (inbound_.subscription != "1" && inbound_.subscription != "2") {
    return refuse(session, message, {Refusal::Kind::reject, kIncorrect, 263, "SubscriptionRequestType(263) must be 1 or 2"});
  }
  if (market_data_.status_request(session.number, inbound_)) return;
  business_reject(session, message.seq, message.msg_type, kUnknownSecurity, "Unknown symbol " + inbound_.symbol);
}

void FixDoors::drop_copy_message(DoorSession& session, const AcceptorMessage& message) {
  if (!exchange_.charge(session.account, price_of(message.msg_type), options_.wall_now())) {
    return drop_copy_.reject(session.number, message.seq, kTooManyRequests, "Rate limit exceeded");
  }
  if (!drop_copy_access_.enabled(session.account) || views::key(exchange_.state(), session.key).subaccount) {
    return drop_copy_.reject(session.number, message.seq, kNotEnabled, "drop copy is not enabled for this account");
  }
  const auto begin = parse_exec_id(inbound_.begin_exec_id);
  if (!begin) return refuse(session, message, {Refusal::Kind::reject, kBadFormat, 21001, "BeginExecID(21001) is no ExecID"});
  DropCopyDoor::Request request{
      session.number, session.account, session.options, message.seq, *begin, std::nullopt, drop_copy_access_.blind_until(session.account)};
  if (!inbound_.end_exec_id.empty()) {
    request.end = parse_exec_id(inbound_.end_exec_id);
    if (!request.end) return refuse(session, message, {Refusal::Kind::reject, kBadFormat, 21002, "EndExecID(21002) is no ExecID"});
  }
  drop_copy_.request(request);
}

// ---- refusals ---------------------------------------------------------------------------------------------------------------

void FixDoors::refuse(DoorSession& session, const AcceptorMessage& message, const Refusal& refusal) {
  if (refusal.kind == Refusal::Kind::business) {
    return business_reject(session, message.seq, message.msg_type, refusal.reason, refusal.text);
  }
  if (refusal.kind == Refusal::Kind::order) return reject_order(session, refusal.reason, refusal.text);
  if (!announce(session, 0)) return;
  const auto sent = session.session->reject(message.seq, refusal.tag, std::string(message.msg_type), refusal.reason, refusal.text);
  if (!sent) options_.log->log(LogLevel::error, "sim", "Reject(3) to " + session.key_id + ": " + sent.error().message);
}

void FixDoors::business_reject(DoorSession& session, std::int64_t ref_seq, std::string_view ref_type, int reason, const std::string& text) {
  const std::string& id = !inbound_.cl_ord_id.empty() ? inbound_.cl_ord_id : inbound_.group_id;
  const fixwire::BusinessMessageReject reject{std::to_string(ref_seq), text, std::string(ref_type), id, std::to_string(reason)};
  deliver(session, "j", writer_.business_reject(reject), 0);
}

// A characteristic the exchange does not have: refused like any other order, though the engine has no word for it.
void FixDoors::reject_order(DoorSession& session, int reason, const std::string& text) {
  fixwire::ExecutionReport report;
  report.avg_px = "0.0000";
  report.cl_ord_id = inbound_.cl_ord_id;
  report.cum_qty = report.leaves_qty = "0.00";
  report.order_qty = session.options.preserve_quantity ? inbound_.order_qty : "0.00";
  report.exec_id = to_string(ExecId{});
  report.last_mkt = std::to_string(views::shard_of(exchange_.state(), inbound_.symbol));
  const auto fresh = make_uuid(static_cast<std::uint64_t>(to_epoch_ms(options_.wall_now())), IdKind::Operation,
                               static_cast<std::uint64_t>(session.session->next_sender_seq()));
  report.order_id.assign(fresh.view());
  report.ord_status = report.exec_type = "8";
  report.price = inbound_.price;
  report.side = inbound_.side;
  report.symbol = inbound_.symbol;
  report.text = text;
  report.transact_time = to_fix_utc(exchange_.now(), 6);
  report.ord_rej_reason = std::to_string(reason);
  report.alloc_account = inbound_.alloc_account;
  deliver(session, "8", writer_.execution_report(report), 0);
}

}  // namespace marginfix::sim
