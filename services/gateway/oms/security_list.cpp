#include "services/gateway/oms/security_list.hpp"

#include <algorithm>
#include <utility>

#include "marginfix/fix/define.hpp"
#include "services/gateway/oms/market_messages.hpp"
#include "services/gateway/oms/paced_answers.hpp"
#include "services/gateway/oms/read_request.hpp"
#include "services/gateway/oms/unique_ids.hpp"

namespace marginfix::gateway {
namespace {

constexpr std::size_t kPage = 100;
constexpr std::string_view kFuture = "FUT";  // SecurityType(167)
constexpr std::string_view kDollars = "USD";

// SecurityListRequestType(559) and SecurityRequestResult(560).
constexpr std::int32_t kBySymbol = 0, kByType = 1, kAllSecurities = 4;
constexpr std::int32_t kValid = 0, kInvalidRequest = 1, kNoneFound = 2, kUnavailable = 4, kNotSupported = 5;
// SecurityRequestType(321) and SecurityResponseType(323) of FIX.4.2.
constexpr std::int32_t kIdentity = 0, kIdentityOfSpecification = 1, kListTypes = 2, kListSecurities = 3;
constexpr std::int32_t kAccepted = 1, kTypesReturned = 3, kSecuritiesReturned = 4, kRefused = 5, kNoMatch = 6;

using Securities = std::shared_ptr<const std::vector<Security>>;

struct ListRow {
  const Security* security{nullptr};
  std::string client_symbol;
};
// Some markets of a list, which lives as long as they are being told.
struct Selection {
  Securities list;
  std::vector<ListRow> rows;
};

Selection select_all(const Securities& list, const ClientLine& line) {
  Selection all{list, {}};
  for (const Security& security : *list) {
    if (std::string name = line.client_symbol(security.symbol); !name.empty()) all.rows.push_back({&security, std::move(name)});
  }
  return all;
}

Selection select_one(const Securities& list, const ClientLine& line, std::string_view client_symbol) {
  Selection one{list, {}};
  const auto found = std::ranges::find(*list, line.exchange_symbol(client_symbol), &Security::symbol);
  if (found != list->end()) one.rows.push_back({&*found, std::string(client_symbol)});
  return one;
}

// What has no field in every version.
std::string particulars(const Security& security) {
  std::string text;
  if (security.tick) text += "tick " + security.tick->to_string() + "; ";
  if (!security.contract_size.empty()) text += "contract size " + security.contract_size + "; ";
  text += security.fractional ? "least quantity 0.01" : "least quantity 1";
  if (!security.status.empty()) text += "; " + security.status;
  return readable(text);
}

}  // namespace

class SecurityList::Impl {
 public:
  explicit Impl(const Clock& clock) : ids_(clock.now()) {}

  std::optional<Refusal> on_list_request(ClientLine& line, const ClientMessage& message);
  std::optional<Refusal> on_definition_request(ClientLine& line, const ClientMessage& message);

  Securities list;
  Error why_none = fail(ErrorCategory::closed, "the exchange's markets have not been read yet");
  PacedAnswers answers;

 private:
  void answer_list(ClientLine& line);
  void refuse_list(ClientLine& line, std::int32_t result, const std::string& text);
  void begin_list(ClientLine& line, Selection selection);
  bool send_page(ClientLine& line, const Selection& selection, std::string_view request_id, std::string_view response_id, std::size_t from);
  void answer_definition(ClientLine& line);
  void refuse_definition(ClientLine& line, std::int32_t response, const std::string& text);
  void begin_definitions(ClientLine& line, Selection selection, std::int32_t response);
  bool send_definition(ClientLine& line, const Selection& selection, std::string_view request_id, std::int32_t response, std::size_t at);
  void send_types(ClientLine& line);
  void send(ClientLine& line, const Definition& definition);
  void send(ClientLine& line, const ListAnswer& page);

  UniqueIds ids_;
  ListRequest list_request_;
  DefinitionRequest definition_request_;
  fix::Buffer body_;
};

// ---- x and y ----------------------------------------------------------------------------------------------------------------
std::optional<Refusal> SecurityList::Impl::on_list_request(ClientLine& line, const ClientMessage& message) {
  if (auto refused = read_request(message, list_request_)) return refused;
  if (auto refused = check_echo(320, "SecurityReqID", list_request_.security_req_id)) return refused;
  if (auto refused = check_echo(55, "Symbol", list_request_.symbol.value_or(""))) return refused;
  answer_list(line);
  return std::nullopt;
}

void SecurityList::Impl::answer_list(ClientLine& line) {
  const std::int32_t type = list_request_.security_list_request_type;
  if (type != kBySymbol && type != kByType && type != kAllSecurities)
    return refuse_list(line, kNotSupported, "SecurityListRequestType(559) is 0 (symbol), 1 (security type) or 4 (all)");
  if (type == kBySymbol && !list_request_.symbol) return refuse_list(line, kInvalidRequest, "559=0 needs Symbol(55)");
  if (!list) return refuse_list(line, kUnavailable, readable(why_none.message));
  if (!answers.has_room(line)) return refuse_list(line, kUnavailable, "too many lists are under way");
  Selection selection{list, {}};
  if (type == kBySymbol)
    selection = select_one(list, line, *list_request_.symbol);
  else if (type == kAllSecurities || list_request_.security_type.value_or(kFuture) == kFuture)
    selection = select_all(list, line);
  if (selection.rows.empty()) return refuse_list(line, kNoneFound, "no market of this client's");
  begin_list(line, std::move(selection));
}

void SecurityList::Impl::refuse_list(ClientLine& line, std::int32_t result, const std::string& text) {
  ListAnswer answer;
  answer.security_req_id = list_request_.security_req_id;
  const std::string id = ids_.next();
  answer.security_response_id = id;
  answer.security_request_result = result;
  if (list_request_.symbol) {
    ListedSecurity asked;
    asked.symbol = *list_request_.symbol;
    asked.text = text;
    answer.related_sym.push_back(asked);
  }
  send(line, answer);
}

void SecurityList::Impl::begin_list(ClientLine& line, Selection selection) {
  answers.begin(line, [this, selection = std::move(selection), request = std::string(list_request_.security_req_id), response = ids_.next(),
                       from = std::size_t{0}](ClientLine& to) mutable {
    const bool more = send_page(to, selection, request, response, from);
    from += kPage;
    return more;
  });
}

bool SecurityList::Impl::send_page(ClientLine& line, const Selection& selection, std::string_view request_id, std::string_view response_id,
                                   std::size_t from) {
  const bool sp2 = line.version() == FixVersion::fix50sp2;
  const std::size_t end = std::min(from + kPage, selection.rows.size());
  std::vector<std::string> names, texts;  // the entries refer to them
  names.reserve(end - from);
  texts.reserve(end - from);
  ListAnswer page;
  page.security_req_id = request_id;
  page.security_response_id = response_id;
  page.tot_no_related_sym = static_cast<std::int32_t>(selection.rows.size());
  page.last_fragment = end == selection.rows.size();
  for (std::size_t i = from; i < end; ++i) {
    const ListRow& row = selection.rows[i];
    ListedSecurity entry;
    entry.symbol = row.client_symbol;
    entry.security_type = kFuture;
    entry.currency = kDollars;
    if (sp2) entry.min_price_increment = row.security->tick;
    if (const auto& name = names.emplace_back(readable(row.security->name)); !sp2 && !name.empty()) entry.security_desc = name;
    entry.text = texts.emplace_back(particulars(*row.security));
    page.related_sym.push_back(entry);
  }
  send(line, page);
  return !page.last_fragment;
}

void SecurityList::Impl::send(ClientLine& line, const ListAnswer& page) {
  body_.clear();
  fix::encode_body(page, body_).value();
  line.send("y", body_.view());
}

// ---- c and d ----------------------------------------------------------------------------------------------------------------
std::optional<Refusal> SecurityList::Impl::on_definition_request(ClientLine& line, const ClientMessage& message) {
  if (auto refused = read_request(message, definition_request_)) return refused;
  if (auto refused = check_echo(320, "SecurityReqID", definition_request_.security_req_id)) return refused;
  if (auto refused = check_echo(55, "Symbol", definition_request_.symbol.value_or(""))) return refused;
  answer_definition(line);
  return std::nullopt;
}

void SecurityList::Impl::answer_definition(ClientLine& line) {
  const std::int32_t type = definition_request_.security_request_type;
  if (type == kListTypes) return send_types(line);
  if (type != kIdentity && type != kIdentityOfSpecification && type != kListSecurities)
    return refuse_definition(line, kRefused, "SecurityRequestType(321) is 0, 1, 2 or 3");
  if (type != kListSecurities && !definition_request_.symbol) return refuse_definition(line, kRefused, "321=0 and 1 need Symbol(55)");
  if (!list) return refuse_definition(line, kRefused, readable(why_none.message));
  if (!answers.has_room(line)) return refuse_definition(line, kRefused, "too many lists are under way");
  const bool all = type == kListSecurities;
  Selection selection = all ? select_all(list, line) : select_one(list, line, *definition_request_.symbol);
  if (selection.rows.empty()) return refuse_definition(line, kNoMatch, "no market of this client's");
  begin_definitions(line, std::move(selection), all ? kSecuritiesReturned : kAccepted);
}

void SecurityList::Impl::refuse_definition(ClientLine& line, std::int32_t response, const std::string& text) {
  const std::string id = ids_.next();
  Definition answer;
  answer.security_req_id = definition_request_.security_req_id;
  answer.security_response_id = id;
  answer.security_response_type = response;
  answer.symbol = definition_request_.symbol;
  answer.text = text;
  send(line, answer);
}

void SecurityList::Impl::send_types(ClientLine& line) {
  const std::string id = ids_.next();
  Definition answer;
  answer.security_req_id = definition_request_.security_req_id;
  answer.security_response_id = id;
  answer.security_response_type = kTypesReturned;
  answer.total_num_securities = 1;
  answer.security_type = kFuture;
  send(line, answer);
}

void SecurityList::Impl::begin_definitions(ClientLine& line, Selection selection, std::int32_t response) {
  answers.begin(line, [this, selection = std::move(selection), request = std::string(definition_request_.security_req_id), response,
                       at = std::size_t{0}](ClientLine& to) mutable { return send_definition(to, selection, request, response, at++); });
}

bool SecurityList::Impl::send_definition(ClientLine& line, const Selection& selection, std::string_view request_id, std::int32_t response,
                                         std::size_t at) {
  const ListRow& row = selection.rows[at];
  const std::string id = ids_.next(), name = readable(row.security->name), text = particulars(*row.security);
  Definition definition;
  definition.security_req_id = request_id;
  definition.security_response_id = id;
  definition.security_response_type = response;
  definition.total_num_securities = static_cast<std::int32_t>(selection.rows.size());
  definition.symbol = row.client_symbol;
  definition.security_type = kFuture;
  definition.currency = kDollars;
  definition.text = text;
  if (!name.empty()) definition.security_desc = name;
  send(line, definition);
  return at + 1 < selection.rows.size();
}

void SecurityList::Impl::send(ClientLine& line, const Definition& definition) {
  body_.clear();
  fix::encode_body(definition, body_).value();
  line.send("d", body_.view());
}

// ---- the class --------------------------------------------------------------------------------------------------------------
SecurityList::SecurityList(const Clock& clock) : impl_(std::make_unique<Impl>(clock)) {}
SecurityList::~SecurityList() = default;

void SecurityList::update(Result<std::vector<Security>> securities) {
  if (securities) {
    impl_->list = std::make_shared<const std::vector<Security>>(std::move(securities).value());
  } else {
    impl_->list.reset();
    impl_->why_none = std::move(securities).error();
  }
}

bool SecurityList::known() const noexcept { return impl_->list != nullptr; }

const Security* SecurityList::find(std::string_view symbol) const {
  if (!impl_->list) return nullptr;
  const auto found = std::ranges::find(*impl_->list, symbol, &Security::symbol);
  return found == impl_->list->end() ? nullptr : &*found;
}

std::vector<std::string> SecurityList::symbols() const {
  std::vector<std::string> names;
  if (!impl_->list) return names;
  for (const Security& each : *impl_->list) names.push_back(each.symbol);
  return names;
}

std::optional<Refusal> SecurityList::on_list_request(ClientLine& line, const ClientMessage& message) {
  return impl_->on_list_request(line, message);
}
std::optional<Refusal> SecurityList::on_definition_request(ClientLine& line, const ClientMessage& message) {
  return impl_->on_definition_request(line, message);
}
void SecurityList::on_drained(ClientLine& line) { impl_->answers.on_drained(line); }
void SecurityList::on_logged_out(ClientLine& line) { impl_->answers.on_logged_out(line); }

}  // namespace marginfix::gateway
