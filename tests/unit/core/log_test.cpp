// The asynchronous log sink: lines arrive, secrets do not, a full queue drops the oldest and never blocks.
#include "marginfix/core/log.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fcntl.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "marginfix/core/error.hpp"
#include "support/temp_folder.hpp"

namespace marginfix {
namespace {

using test::TempFolder;

std::shared_ptr<LogSink> file_sink(const std::string& path, LogLevel level = LogLevel::info, std::size_t queue = 8192) {
  LogOptions options;
  options.file = path;
  options.level = level;
  options.queue_size = queue;
  return make_spdlog_sink(options);
}

std::size_t lines(const std::string& text) { return static_cast<std::size_t>(std::ranges::count(text, '\n')); }

TEST(LogSink, flushWaitsUntilTheLinesAreWritten) {
  const TempFolder folder;
  const auto path = folder.path("a.log");
  const auto sink = file_sink(path);
  for (int i = 1; i <= 50; ++i) {
    sink->log(LogLevel::info, "test", "line " + std::to_string(i));
    sink->flush();
    const auto text = TempFolder::read(path);
    ASSERT_EQ(lines(text), static_cast<std::size_t>(i));
    ASSERT_NE(text.find("info [test] line " + std::to_string(i) + "\n"), std::string::npos);
  }
}

TEST(LogSink, lineBeginsWithUtcTime) {
  const TempFolder folder;
  const auto sink = file_sink(folder.path("a.log"));
  sink->log(LogLevel::warning, "session", "hello");
  sink->flush();
  const auto text = TempFolder::read(folder.path("a.log"));
  ASSERT_EQ(text.size(), std::string("2026-11-22T18:32:01.123456Z warning [session] hello\n").size()) << text;
  EXPECT_EQ(text.substr(26), "Z warning [session] hello\n");
}

TEST(LogSink, writesOutWhatIsQueuedWhenItDies) {
  const TempFolder folder;
  auto sink = file_sink(folder.path("a.log"));
  for (int i = 0; i < 1'000; ++i) sink->log(LogLevel::info, "test", "x");
  sink.reset();
  EXPECT_EQ(lines(TempFolder::read(folder.path("a.log"))), 1'000U);
}

TEST(LogSink, leavesOutLevelsBelowItsOwn) {
  const TempFolder folder;
  const auto sink = file_sink(folder.path("a.log"), LogLevel::warning);
  EXPECT_FALSE(sink->enabled(LogLevel::info));
  EXPECT_TRUE(sink->enabled(LogLevel::warning));
  EXPECT_FALSE(sink->enabled(LogLevel::off));
  sink->log(LogLevel::info, "test", "left out");
  sink->log(LogLevel::error, "test", "kept");
  sink->flush();
  const auto text = TempFolder::read(folder.path("a.log"));
  EXPECT_EQ(lines(text), 1U);
  EXPECT_NE(text.find("kept"), std::string::npos);
  const auto off = file_sink(folder.path("off.log"), LogLevel::off);
  off->log(LogLevel::error, "test", "nothing");
  off->flush();
  EXPECT_EQ(TempFolder::read(folder.path("off.log")), "");
}

TEST(LogSink, masksSecretsAndKeepsOneLineOneLine) {
  const TempFolder folder;
  const auto sink = file_sink(folder.path("a.log"));
  sink->log(LogLevel::info, "wire",
            "out 35=A\x01"
            "96=c2lnbmF0dXJl\x01"
            "98=0\x01");
  sink->log(LogLevel::info, "wire", "58=forged\n2026 error [x] line\t\x02");
  sink->log(LogLevel::info, "wire", "{} %v {0}");
  sink->flush();
  const auto text = TempFolder::read(folder.path("a.log"));
  EXPECT_NE(text.find("[wire] out 35=A|96=***|98=0|\n"), std::string::npos) << text;
  EXPECT_NE(text.find("[wire] 58=forged\\x0a2026 error [x] line\t\\x02\n"), std::string::npos) << text;
  EXPECT_NE(text.find("[wire] {} %v {0}\n"), std::string::npos) << text;
  EXPECT_EQ(lines(text), 3U);
}

// The log file is a pipe nobody reads: its thread gets stuck, the queue fills, and the caller must not.
TEST(LogSink, aFullQueueDropsTheOldestAndDoesNotBlock) {
  const TempFolder folder;
  const auto path = folder.path("pipe");
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  const int reader = ::open(path.c_str(), O_RDONLY | O_NONBLOCK);
  ASSERT_GE(reader, 0);
  auto sink = file_sink(path, LogLevel::info, 16);
  const std::string filler(20'000, 'x');
  for (int i = 0; i < 2'000; ++i) sink->log(LogLevel::error, "test", std::to_string(i) + "." + filler);
  // Only now somebody reads; with a sink that blocks, the loop above would not have ended.
  std::string seen;
  std::atomic<bool> done{false};
  std::thread drain([&] {
    std::string buffer(65'536, '\0');
    while (true) {
      const bool last = done.load();
      const auto got = ::read(reader, buffer.data(), buffer.size());
      if (got > 0) {
        seen.append(buffer.data(), static_cast<std::size_t>(got));
      } else if (last) {
        break;
      } else {
        std::this_thread::yield();
      }
    }
  });
  sink->flush();
  sink.reset();
  done = true;
  drain.join();
  ::close(reader);
  EXPECT_NE(seen.find("[test] 1999."), std::string::npos) << "the newest line is kept";
  EXPECT_LT(lines(seen), 500U) << "the queue is bounded";
  EXPECT_NE(seen.find(" lines dropped: the queue was full\n"), std::string::npos);
}

TEST(LogSink, saysWhichFileItCannotOpen) {
  try {
    file_sink("/proc/none/a.log");
    FAIL() << "no exception";
  } catch (const Exception& e) {
    EXPECT_EQ(e.error().category, ErrorCategory::config);
    EXPECT_EQ(e.error().message, "cannot open the log file '/proc/none/a.log' for writing: check folder and rights");
  }
}

TEST(LogSink, twoSinksAndManyThreadsDoNotMix) {
  const TempFolder folder;
  auto a = file_sink(folder.path("a.log"));
  auto b = file_sink(folder.path("b.log"));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) (t % 2 == 0 ? a : b)->log(LogLevel::info, t % 2 == 0 ? "a" : "b", "line");
      (t % 2 == 0 ? a : b)->flush();
    });
  }
  for (auto& thread : threads) thread.join();
  const auto text = TempFolder::read(folder.path("a.log"));
  EXPECT_EQ(lines(text), 400U);
  EXPECT_EQ(text.find("[b]"), std::string::npos);
}

TEST(NullLogSink, isSilentAndEnabledForNothing) {
  const auto sink = null_log_sink();
  for (const auto level : {LogLevel::trace, LogLevel::error, LogLevel::off}) EXPECT_FALSE(sink->enabled(level));
  sink->log(LogLevel::error, "test", "nothing");
  sink->flush();
}

TEST(LogLevel, hasNames) {
  EXPECT_EQ(to_string(LogLevel::warning), "warning");
  EXPECT_EQ(to_string(LogLevel::off), "off");
}

}  // namespace
}  // namespace marginfix
