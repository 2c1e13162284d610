// IdIndex: candidates by hash. Ids that share a hash are made by giving the hash.
#include "marginfix/core/id_index.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace marginfix {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

std::vector<int> all(const IdIndex<int>& index, IdHash id) {
  std::vector<int> found;
  index.for_each(id, [&](int value) { found.push_back(value); });
  return found;
}

TEST(IdIndex, GivesWhatWentInUnderAnIdOnceHoweverOften) {
  IdIndex<int> index;
  EXPECT_THAT(all(index, id_hash("a")), IsEmpty());
  index.insert(id_hash("a"), 1);
  index.insert(id_hash("b"), 2);
  index.insert(id_hash("a"), 1);
  EXPECT_THAT(all(index, id_hash("a")), ElementsAre(1));
  EXPECT_THAT(all(index, id_hash("b")), ElementsAre(2));
}

TEST(IdIndex, KeepsAllThatShareAHashAndTakesOutWhichIsMeant) {
  IdIndex<int> index;
  for (const int value : {1, 2, 3, 2}) index.insert(7, value);
  EXPECT_THAT(all(index, 7), UnorderedElementsAre(1, 2, 3));
  index.erase(7, 4);
  index.erase(8, 1);
  EXPECT_THAT(all(index, 7), UnorderedElementsAre(1, 2, 3)) << "no such";
  index.erase(7, 1);
  EXPECT_THAT(all(index, 7), UnorderedElementsAre(2, 3));
  index.erase(7, 3);
  index.insert(7, 1);
  EXPECT_THAT(all(index, 7), UnorderedElementsAre(2, 1));
  index.erase(7, 1);
  index.erase(7, 2);
  index.erase(7, 2);
  EXPECT_THAT(all(index, 7), IsEmpty());
  index.insert(7, 5);
  EXPECT_THAT(all(index, 7), ElementsAre(5));
}

TEST(IdIndex, WhoAsksChoosesAmongThem) {
  IdIndex<int> index;
  for (int value = 1; value <= 10; ++value) index.insert(7, value);
  EXPECT_EQ(index.find(7, [](int value) { return value == 6; }), 6);
  EXPECT_EQ(index.find(7, [](int) { return false; }), 0);
  EXPECT_EQ(index.find(8, [](int) { return true; }), 0);
}

TEST(IdIndex, TheSameIdOfTwoOwnersIsTwo) {
  EXPECT_NE(id_hash("one", "id"), id_hash("two", "id"));
  EXPECT_NE(id_hash("one", "id"), id_hash("one", "di"));
  EXPECT_NE(id_hash("same", "same"), 0u);
}

}  // namespace
}  // namespace marginfix
