// Ranges over paged lists: the end, circles, limits, errors, and that nothing is asked for before it is needed.
#include "marginfix/rest/pages.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "marginfix/rest/orders.hpp"

namespace marginfix::rest {
namespace {

struct Page {
  std::vector<std::string> ids;
  std::optional<std::string> cursor;
};

// Answers with its pages in turn, then with an error.
struct FakeCaller {
  std::vector<Page> pages;
  std::vector<std::optional<std::string>> asked{};

  Result<GetMarginOrdersResponse> run(const GetMarginOrders& operation) {
    asked.push_back(operation.cursor);
    if (asked.size() > pages.size()) return fail(ErrorCategory::http, "no such page");
    const Page& page = pages[asked.size() - 1];
    GetMarginOrdersResponse response;
    for (const auto& id : page.ids) response.orders.emplace_back().order_id = id;
    response.cursor = page.cursor;
    return response;
  }
};

using Range = Pages<FakeCaller, GetMarginOrders, &GetMarginOrdersResponse::orders>;
static_assert(std::input_iterator<Range::Iterator>);
static_assert(std::sentinel_for<std::default_sentinel_t, Range::Iterator>);

std::string read(Range range) {
  std::string ids;
  for (const auto& order : range) ids += order ? order->order_id : "!";
  return ids;
}

TEST(Pages, areReadToTheEmptyOrAbsentCursor) {
  FakeCaller empty{{{{"1", "2"}, "a"}, {{"3"}, ""}}};
  EXPECT_EQ(read(Range(empty, {}, kNoLimit)), "123");
  EXPECT_EQ(empty.asked, (std::vector<std::optional<std::string>>{std::nullopt, "a"}));
  FakeCaller absent{{{{"1"}, "a"}, {{"2"}, std::nullopt}}};
  EXPECT_EQ(read(Range(absent, {}, kNoLimit)), "12");
}

TEST(Pages, anEmptyPageIsNotTheEnd) {
  FakeCaller caller{{{{}, "a"}, {{"1"}, "b"}, {{}, ""}}};
  EXPECT_EQ(read(Range(caller, {}, kNoLimit)), "1");
}

TEST(Pages, noItemsAtAll) {
  FakeCaller caller{{{{}, ""}}};
  EXPECT_EQ(read(Range(caller, {}, kNoLimit)), "");
}

TEST(Pages, aRepeatedCursorEndsThem) {
  FakeCaller same{{{{"1"}, "a"}, {{"2"}, "a"}}};
  EXPECT_EQ(read(Range(same, {}, kNoLimit)), "12");
  FakeCaller circle{{{{"1"}, "a"}, {{"2"}, "b"}, {{"3"}, "a"}}};
  EXPECT_EQ(read(Range(circle, {}, kNoLimit)), "123");
  FakeCaller own{{{{"1"}, "start"}}};
  EXPECT_EQ(read(Range(own, {.cursor = "start"}, kNoLimit)), "1");
}

TEST(Pages, stopAtTheLimitAndAskForNoMore) {
  FakeCaller caller{{{{"1", "2"}, "a"}, {{"3", "4"}, "b"}, {{"5"}, ""}}};
  EXPECT_EQ(read(Range(caller, {}, 3)), "123");
  EXPECT_EQ(caller.asked.size(), 2U);
  FakeCaller exact{{{{"1", "2"}, "a"}, {{"3"}, ""}}};
  EXPECT_EQ(read(Range(exact, {}, 2)), "12");
  EXPECT_EQ(exact.asked.size(), 1U);
  FakeCaller none{{{{"1"}, ""}}};
  EXPECT_EQ(read(Range(none, {}, 0)), "");
  EXPECT_TRUE(none.asked.empty());
}

TEST(Pages, anErrorIsTheLastElement) {
  FakeCaller caller{{{{"1", "2"}, "a"}}};
  EXPECT_EQ(read(Range(caller, {}, kNoLimit)), "12!");
}

TEST(Pages, areLazy) {
  FakeCaller caller{{{{"1", "2"}, "a"}, {{"3"}, ""}}};
  Range range(caller, {}, kNoLimit);
  EXPECT_TRUE(caller.asked.empty());
  auto it = range.begin();
  EXPECT_EQ((*it)->order_id, "1");
  ++it;
  EXPECT_EQ(caller.asked.size(), 1U);
  ++it;
  EXPECT_EQ(caller.asked.size(), 2U);
}

TEST(Pages, areCollectedOrFail) {
  FakeCaller good{{{{"1"}, "a"}, {{"2"}, ""}}};
  EXPECT_EQ(Range(good, {}, kNoLimit).collect()->size(), 2U);
  FakeCaller bad{{{{"1"}, "a"}}};
  EXPECT_EQ(Range(bad, {}, kNoLimit).collect().error().message, "no such page");
}

}  // namespace
}  // namespace marginfix::rest
