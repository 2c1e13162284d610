// Whose work a server's thread does next.
#include "marginfix/sessions/turns.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <memory>
#include <string>

namespace marginfix {
namespace {

class TurnsTest : public ::testing::Test {
 protected:
  void take(const std::string& whose, const std::string& what) {
    turns_->take(io_.get_executor(), whose, [this, what] { done_ += what + " "; });
  }

  boost::asio::io_context io_;
  std::unique_ptr<Turns> turns_ = std::make_unique<Turns>();
  std::string done_;
};

TEST_F(TurnsTest, WhoIsAloneDoesNotWait) {
  take("a", "a1");
  EXPECT_EQ(done_, "a1 ");
  io_.run();
  io_.restart();
  take("a", "a2");
  EXPECT_EQ(done_, "a1 a2 ");
}

TEST_F(TurnsTest, EachHasOneBeforeAnybodyHasASecond) {
  for (const char* what : {"a1", "a2", "a3", "a4"}) take("a", what);
  for (const char* what : {"b1", "b2"}) take("b", what);
  take("", "unknown1");
  take("", "unknown2");
  io_.run();
  EXPECT_EQ(done_, "a1 b1 unknown1 a2 b2 unknown2 a3 a4 ");
}

TEST_F(TurnsTest, TheLoopComesRoundBetweenTwo) {
  for (const char* what : {"a1", "a2", "a3"}) take("a", what);
  boost::asio::post(io_, [this] {
    done_ += "other1 ";
    boost::asio::post(io_, [this] { done_ += "other2 "; });
  });
  io_.run();
  EXPECT_EQ(done_, "a1 a2 other1 a3 other2 ");
}

TEST_F(TurnsTest, WorkMayAskForATurn) {
  turns_->take(io_.get_executor(), "a", [this] {
    done_ += "a1 ";
    take("a", "a2");
  });
  io_.run();
  EXPECT_EQ(done_, "a1 a2 ");
}

TEST_F(TurnsTest, WhatWaitsIsDroppedWithIt) {
  take("a", "a1");
  const auto held = std::make_shared<int>(0);
  turns_->take(io_.get_executor(), "a", [this, held] { done_ += "never "; });
  EXPECT_EQ(held.use_count(), 2);
  turns_.reset();
  EXPECT_EQ(held.use_count(), 1);
  io_.run();
  EXPECT_EQ(done_, "a1 ");
}

}  // namespace
}  // namespace marginfix
