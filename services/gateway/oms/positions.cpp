#include "services/gateway/oms/positions.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "marginfix/fix/define.hpp"
#include "services/gateway/oms/market_messages.hpp"
#include "services/gateway/oms/paced_answers.hpp"
#include "services/gateway/oms/read_request.hpp"
#include "services/gateway/oms/unique_ids.hpp"

namespace marginfix::gateway {
namespace {

constexpr std::size_t kMostPositionRequests = 8;  // of a client, until they are answered
// PosReqResult(728), PosReqStatus(729).
constexpr std::int32_t kPositionsValid = 0, kPositionsInvalid = 1, kNoPositions = 2, kPositionsNotAuthorized = 3,
                       kPositionsNotSupported = 4, kPositionsOther = 99;
constexpr std::int32_t kCompleted = 0, kCompletedWithWarnings = 1, kRejected = 2;
constexpr std::int32_t kTheoretical = 2;  // SettlPriceType(731)

// AccountType(581) as all versions list it.
bool is_account_type(std::int32_t type) { return type >= 1 && type <= 8 && type != 5; }

// An AN, kept until its answer is there.
struct PositionQuery {
  std::string id, account;
  std::int32_t account_type{1};
  std::string symbol;  // the exchange's; "": all
  bool updates{false};
};

// What an AN is answered with.
struct PositionAnswer {
  PositionQuery query;
  std::vector<std::pair<Position, std::string>> rows;  // with the client's symbol
  std::int32_t result{kPositionsValid}, status{kCompleted};
  std::string text;
  std::size_t sent{0};  // AO and APs
};

}  // namespace

class Positions::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(PositionSource& source, const SecurityList& securities, const Clock& clock)
      : source_(source), securities_(securities), clock_(clock), ids_(clock.now()) {}

  std::optional<Refusal> on_request(ClientLine& line, const ClientMessage& message, std::string_view withheld);
  void on_logged_out(ClientLine& line);

  PacedAnswers answers;

 private:
  void ask(ClientLine& line, PositionQuery query);
  void answered(ClientLine& line, std::uint64_t number, const Result<std::vector<Position>>& positions);
  static PositionAnswer choose(const ClientLine& line, PositionQuery query, const std::vector<Position>& positions);
  void refuse(ClientLine& line, PositionQuery query, std::int32_t result, std::string text);
  void begin(ClientLine& line, PositionAnswer answer);
  bool send_next(ClientLine& line, PositionAnswer& answer);
  void send_ack(ClientLine& line, const PositionAnswer& answer);
  void send_report(ClientLine& line, const PositionAnswer& answer, const Position& position, std::string_view client_symbol);
  DollarDecimal settl_price(const Position& position) const;

  using Asked = std::map<std::uint64_t, PositionQuery>;
  PositionSource& source_;
  const SecurityList& securities_;
  const Clock& clock_;
  UniqueIds ids_;
  std::map<const ClientLine*, Asked> asked_;
  std::uint64_t last_number_{0};
  PositionsRequest request_;
  fix::Buffer body_;
};

std::optional<Refusal> Positions::Impl::on_request(ClientLine& line, const ClientMessage& message, std::string_view withheld) {
  if (auto refused = read_request(message, request_)) return refused;
  if (auto refused = check_echo(710, "PosReqID", request_.pos_req_id)) return refused;
  if (auto refused = check_echo(1, "Account", request_.account.value_or(""))) return refused;
  const std::int32_t account_type = request_.account_type.value_or(1);
  PositionQuery query{std::string(request_.pos_req_id), std::string(request_.account.value_or(line.comp_id())),
                      is_account_type(account_type) ? account_type : 1, "", request_.subscription_request_type == '1'};
  if (request_.pos_req_type != 0)
    return refuse(line, std::move(query), kPositionsNotSupported, "PosReqType(724) is 0 (positions)"), std::nullopt;
  if (request_.subscription_request_type.value_or('0') > '1')
    return refuse(line, std::move(query), kPositionsNotSupported, "there is no subscription to end"), std::nullopt;
  if (request_.symbol) {
    query.symbol = line.exchange_symbol(*request_.symbol);
    if (query.symbol.empty())
      return refuse(line, std::move(query), kPositionsInvalid, "unknown symbol " + readable(*request_.symbol)), std::nullopt;
  }
  if (!withheld.empty()) return refuse(line, std::move(query), kPositionsNotAuthorized, std::string(withheld)), std::nullopt;
  ask(line, std::move(query));
  return std::nullopt;
}

void Positions::Impl::ask(ClientLine& line, PositionQuery query) {
  Asked& asked = asked_[&line];
  if (asked.size() >= kMostPositionRequests || !answers.has_room(line))
    return refuse(line, std::move(query), kPositionsOther, "too many requests for positions are under way");
  const std::uint64_t number = ++last_number_;
  asked.emplace(number, std::move(query));
  source_.ask(line, [weak = weak_from_this(), &line, number](const Result<std::vector<Position>>& positions) {
    if (const auto self = weak.lock()) self->answered(line, number, positions);
  });
}

// Of a client that has logged out meanwhile nothing is left to answer.
void Positions::Impl::answered(ClientLine& line, std::uint64_t number, const Result<std::vector<Position>>& positions) {
  const auto client = asked_.find(&line);
  if (client == asked_.end()) return;
  auto known = client->second.extract(number);
  if (known.empty()) return;
  if (positions)
    begin(line, choose(line, std::move(known.mapped()), *positions));
  else
    refuse(line, std::move(known.mapped()), kPositionsOther, "positions are not available: " + readable(positions.error().message));
}

PositionAnswer Positions::Impl::choose(const ClientLine& line, PositionQuery query, const std::vector<Position>& positions) {
  PositionAnswer answer;
  answer.query = std::move(query);
  for (const Position& position : positions) {
    if (position.net.is_zero() || (!answer.query.symbol.empty() && position.symbol != answer.query.symbol)) continue;
    if (std::string name = line.client_symbol(position.symbol); !name.empty()) answer.rows.emplace_back(position, std::move(name));
  }
  if (answer.rows.empty()) answer.result = kNoPositions;
  if (answer.query.updates) {
    answer.status = kCompletedWithWarnings;
    answer.text = "changes are not told: ask again";
  }
  return answer;
}

void Positions::Impl::refuse(ClientLine& line, PositionQuery query, std::int32_t result, std::string text) {
  PositionAnswer answer;
  answer.query = std::move(query);
  answer.result = result;
  answer.status = kRejected;
  answer.text = std::move(text);
  send_ack(line, answer);
}

void Positions::Impl::begin(ClientLine& line, PositionAnswer answer) {
  answers.begin(line, [this, answer = std::move(answer)](ClientLine& to) mutable { return send_next(to, answer); });
}

bool Positions::Impl::send_next(ClientLine& line, PositionAnswer& answer) {
  const std::size_t number = answer.sent++;
  if (number == 0)
    send_ack(line, answer);
  else
    send_report(line, answer, answer.rows[number - 1].first, answer.rows[number - 1].second);
  return number < answer.rows.size();
}

void Positions::Impl::send_ack(ClientLine& line, const PositionAnswer& answer) {
  const std::string id = ids_.next();
  PositionsAck ack;
  ack.account = answer.query.account;
  ack.account_type = answer.query.account_type;
  ack.pos_req_id = answer.query.id;
  ack.pos_maint_rpt_id = id;
  ack.total_num_pos_reports = static_cast<std::int32_t>(answer.rows.size());
  ack.pos_req_result = answer.result;
  ack.pos_req_status = answer.status;
  if (!answer.text.empty()) ack.text = answer.text;
  body_.clear();
  fix::encode_body(ack, body_).value();
  line.send("AO", body_.view());
}

void Positions::Impl::send_report(ClientLine& line, const PositionAnswer& answer, const Position& position,
                                  std::string_view client_symbol) {
  const std::string id = ids_.next();
  PositionReport report;
  report.account = answer.query.account;
  report.account_type = answer.query.account_type;
  report.currency = "USD";
  report.symbol = client_symbol;
  report.pos_req_id = answer.query.id;
  report.pos_maint_rpt_id = id;
  report.clearing_business_date = clearing_business_date(clock_.now());
  report.total_num_pos_reports = static_cast<std::int32_t>(answer.rows.size());
  report.settl_price = settl_price(position);
  report.settl_price_type = kTheoretical;
  report.prior_settl_price = position.entry_price;
  const bool is_long = !position.net.is_negative();
  report.positions.push_back({"TQ", is_long ? position.net : FixedPointCount{}, is_long ? FixedPointCount{} : -position.net});
  report.amounts.push_back({"TVAR", position.unrealized_pnl});
  body_.clear();
  fix::encode_body(report, body_).value();
  line.send("AP", body_.view());
}

DollarDecimal Positions::Impl::settl_price(const Position& position) const {
  const Security* const security = securities_.find(position.symbol);
  return security != nullptr && security->mark ? *security->mark : position.entry_price;
}

void Positions::Impl::on_logged_out(ClientLine& line) {
  asked_.erase(&line);
  answers.on_logged_out(line);
}

Positions::Positions(PositionSource& source, const SecurityList& securities, const Clock& clock)
    : impl_(std::make_shared<Impl>(source, securities, clock)) {}
Positions::~Positions() = default;
std::optional<Refusal> Positions::on_request(ClientLine& line, const ClientMessage& message, std::string_view withheld) {
  return impl_->on_request(line, message, withheld);
}
void Positions::on_drained(ClientLine& line) { impl_->answers.on_drained(line); }
void Positions::on_logged_out(ClientLine& line) { impl_->on_logged_out(line); }

}  // namespace marginfix::gateway
