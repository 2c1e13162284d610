#include "services/gateway/exchange/rest_lists.hpp"

#include <map>
#include <utility>

#include "marginfix/rest/domain_values.hpp"
#include "marginfix/rest/portfolio.hpp"

namespace marginfix::gateway {
namespace {

// Who waits for the answer of one kind of question.
template <class Answer>
struct Questions {
  using Then = std::function<void(const Result<Answer>&)>;
  std::vector<Then> asked, next;  // answered by the request under way; by the one behind it
};

}  // namespace

Security to_security(const rest::MarginMarket& market) {
  Security security;
  security.symbol = market.ticker;
  security.name = market.title.value_or("");
  security.tick = market.tick_size;
  if (market.contract_size) security.contract_size = market.contract_size->value.to_string();
  security.fractional = market.fractional_trading_enabled.value_or(true);
  security.status = to_string(market.status);
  if (market.settlement_mark_price) security.mark = market.settlement_mark_price->price;
  return security;
}

class RestLists::Impl : public std::enable_shared_from_this<Impl> {
 public:
  explicit Impl(AsyncPerpsClient& client) : client_(client) {}

  void read_markets(Markets then) {
    markets_.next.push_back(std::move(then));
    if (markets_.asked.empty()) ask_markets();
  }

  void read_positions(std::optional<std::int32_t> subaccount, Held then) {
    auto& questions = positions_[subaccount];
    questions.next.push_back(std::move(then));
    if (questions.asked.empty()) ask_positions(subaccount);
  }

 private:
  void ask_markets() {
    markets_.asked.swap(markets_.next);
    client_.markets().list({}, [weak = weak_from_this()](Result<rest::GetMarginMarketsResponse> answer) {
      const auto self = weak.lock();
      if (!self) return;
      Result<std::vector<Security>> all = answer ? Result<std::vector<Security>>(std::vector<Security>()) : answer.error();
      if (answer) {
        for (const rest::MarginMarket& market : answer->markets) all->push_back(to_security(market));
      }
      answer_all(self->markets_, all);
      if (!self->markets_.next.empty()) self->ask_markets();
    });
  }

  void ask_positions(std::optional<std::int32_t> subaccount) {
    auto& questions = positions_[subaccount];
    questions.asked.swap(questions.next);
    const rest::GetMarginPositions request{.subaccount = subaccount};
    client_.portfolio().positions(request, [weak = weak_from_this(), subaccount](Result<rest::GetMarginPositionsResponse> answer) {
      const auto self = weak.lock();
      if (!self) return;
      Result<std::vector<Position>> all = answer ? Result<std::vector<Position>>(std::vector<Position>()) : answer.error();
      if (answer) {
        for (const rest::MarginPosition& position : answer->positions) all->push_back(rest::to_position(position));
      }
      answer_all(self->positions_[subaccount], all);
      if (!self->positions_[subaccount].next.empty()) self->ask_positions(subaccount);
    });
  }

  // `asked` stays filled until everybody has been told: who asks anew in the middle of it waits for the next request.
  template <class Answer>
  static void answer_all(Questions<Answer>& questions, const Result<Answer>& answer) {
    for (std::size_t i = 0; i < questions.asked.size(); ++i) questions.asked[i](answer);
    questions.asked.clear();
  }

  AsyncPerpsClient& client_;
  Questions<std::vector<Security>> markets_;
  std::map<std::optional<std::int32_t>, Questions<std::vector<Position>>> positions_;
};

RestLists::RestLists(AsyncPerpsClient& client) : impl_(std::make_shared<Impl>(client)) {}
RestLists::~RestLists() = default;
void RestLists::read_markets(Markets then) { impl_->read_markets(std::move(then)); }
void RestLists::read_positions(std::optional<std::int32_t> subaccount, Held then) { impl_->read_positions(subaccount, std::move(then)); }

}  // namespace marginfix::gateway
