// SIGHUP begins new message files.
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <thread>

#include "apps/connection.hpp"
#include "marginfix/sessions/message_log.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::apps {
namespace {

TEST(HangUp, BeginsNewMessageFilesAsOftenAsItComes) {
  const test::TempFolder folder;
  const auto log = MessageLog::open({.folder = folder.path()}).value();
  const auto session = log->session({.sender_comp_id = "key", .target_comp_id = "KalshiNR"}).value();
  const RotateOnHangUp rotate(log);
  for (int i = 1; i <= 3; ++i) {
    session->event(Timestamp{}, "active");
    log->flush();
    ASSERT_EQ(std::raise(SIGHUP), 0);
    const std::string backup = folder.path("FIXT.1.1-key-KalshiNR.event.backup." + std::to_string(i) + ".log");
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!std::filesystem::exists(backup) && std::chrono::steady_clock::now() < until) std::this_thread::yield();
    EXPECT_TRUE(std::filesystem::exists(backup)) << i;
  }
}

TEST(HangUp, IsLeftAloneWithoutAMessageLog) {
  const RotateOnHangUp rotate(nullptr);
  struct sigaction now {};
  sigaction(SIGHUP, nullptr, &now);
  EXPECT_EQ(now.sa_handler, SIG_DFL);
}

}  // namespace
}  // namespace marginfix::apps
