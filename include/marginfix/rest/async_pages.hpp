// Cursor-paged lists for asynchronous clients, one page a step:
//
//   auto orders = perps.orders().list_all({.ticker = "BTC-PERP"});
//   while (orders.more()) {
//     const auto page = co_await orders.async_next(boost::asio::use_awaitable);  // Result<std::vector<MarginOrder>>
//     if (!page) co_return page.error();
//     for (const MarginOrder& order : *page) ...
//   }
//
// A page may be empty without being the last. The end is as in pages.hpp; an error ends it too. One async_next() at a time; the object and
// its client must live until it has completed. Source: rest-perps.md "Paging"; klear.md "Paging and truncation".
#pragma once

#include <boost/asio/compose.hpp>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "marginfix/core/result.hpp"
#include "marginfix/json/type_info.hpp"
#include "marginfix/rest/page_cursor.hpp"

namespace marginfix::rest {

template <class Caller, class Op, auto Items>
class AsyncPages {
 public:
  using Item = typename json::detail::MemberPointer<decltype(Items)>::Type::value_type;
  using Page = std::vector<Item>;

  AsyncPages(Caller& caller, Op operation, std::size_t limit) : caller_(&caller), operation_(std::move(operation)), cursor_(limit) {
    cursor_.sent(operation_.cursor);
  }

  bool more() const noexcept { return cursor_.more(); }

  template <class Token>
  auto async_next(Token&& token) {
    using Answer = Result<typename Op::Response>;
    return boost::asio::async_compose<Token, void(Result<Page>)>(
        [this](auto& self, std::optional<Answer> answer = std::nullopt) {
          if (!answer) return caller_->run(operation_, std::move(self));
          self.complete(take(std::move(*answer)));
        },
        token, caller_->get_executor());
  }

 private:
  Result<Page> take(Result<typename Op::Response> answer) {
    if (!answer) {
      cursor_.stop();
      return answer.error();
    }
    Page page = std::move((*answer).*Items);
    page.resize(cursor_.arrived(page.size(), answer->cursor));
    operation_.cursor = answer->cursor;
    return page;
  }

  Caller* caller_;
  Op operation_;
  PageCursor cursor_;
};

}  // namespace marginfix::rest
