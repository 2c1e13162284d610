// Reading a log file in pieces: plain, gzip, cut short, damaged, missing.
#include "apps/log_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

namespace marginfix_tests {
namespace {

using marginfix::apps::read_log_file;
using testing::HasSubstr;

class LogFile : public testing::Test {
 protected:
  void TearDown() override { std::remove(path_.c_str()); }

  void write(const std::string& bytes) const { std::ofstream(path_, std::ios::binary) << bytes; }
  std::string bytes() const {
    std::ifstream in(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void compress(const std::string& text) const {
    gzFile file = gzopen(path_.c_str(), "wb");
    EXPECT_EQ(gzwrite(file, text.data(), static_cast<unsigned>(text.size())), static_cast<int>(text.size()));
    gzclose(file);
  }
  // What was read, and behind it what went wrong.
  std::string read() const {
    std::string text;
    const auto done = read_log_file(path_, [&text](std::string_view piece) {
      text += piece;
      return true;
    });
    return done ? text : text + "!" + done.error().message;
  }

  std::string path_ = testing::TempDir() + "log_file_" + std::to_string(::getpid());
};

// Does not compress well, so that a part of the file is a part of the text.
std::string text_of(std::size_t size) {
  std::string text;
  for (unsigned x = 1; text.size() < size; x = x * 1664525U + 1013904223U) text += std::to_string(x);
  return text;
}

TEST_F(LogFile, ReadsPlainBytesAndGzipAlike) {
  const std::string text = text_of(1'000'000);
  write(text);
  EXPECT_EQ(read(), text);
  compress(text);
  EXPECT_EQ(read(), text);
}

TEST_F(LogFile, KeepsWhatWasReadOfAGzipThatIsCutShort) {
  const std::string text = text_of(1'000'000);
  compress(text);
  const std::string whole = bytes();
  write(whole.substr(0, whole.size() / 2));
  const std::string got = read();
  const std::size_t mark = got.find('!');
  ASSERT_NE(mark, std::string::npos);
  EXPECT_GT(mark, text.size() / 4);
  EXPECT_EQ(got.substr(0, mark), text.substr(0, mark));
  EXPECT_THAT(got.substr(mark), HasSubstr("the gzip file is cut short"));
}

TEST_F(LogFile, TellsOfADamagedGzip) {
  compress(text_of(100'000));
  std::string damaged = bytes();
  damaged.replace(damaged.size() / 2, 8, "damaged!");
  write(damaged);
  EXPECT_THAT(read(), HasSubstr("the gzip file is damaged"));
}

TEST_F(LogFile, ReadsEveryMemberOfAGzip) {
  compress("first ");
  const std::string first = bytes();
  compress("second");
  write(first + bytes());
  EXPECT_EQ(read(), "first second");
}

TEST_F(LogFile, TellsThatThereIsMoreBehindTheGzip) {
  compress("text");
  write(bytes() + "more");
  EXPECT_THAT(read(), HasSubstr("text!" + path_ + ": the gzip file is damaged"));
}

// As `tail -f log | marginfix decode` has it: what has come is handed over before more comes.
TEST_F(LogFile, HandsOverWhatAPipeHasGivenSoFar) {
  for (const bool gzip : {false, true}) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    gzip ? compress("first") : write("first");
    const std::string first = bytes();
    ASSERT_EQ(::write(ends[1], first.data(), first.size()), static_cast<ssize_t>(first.size()));
    std::string text;
    const auto done = read_log_file("/proc/self/fd/" + std::to_string(ends[0]), [&](std::string_view piece) {
      text += piece;
      if (text != "first") return true;
      gzip ? compress("second") : write("second");
      const std::string second = bytes();
      EXPECT_EQ(::write(ends[1], second.data(), second.size()), static_cast<ssize_t>(second.size()));
      ::close(ends[1]);
      return true;
    });
    EXPECT_TRUE(done);
    EXPECT_EQ(text, "firstsecond");
    ::close(ends[0]);
  }
}

TEST_F(LogFile, NamesWhatItCannotOpenOrRead) {
  EXPECT_THAT(read(), HasSubstr("cannot read " + path_));
  const auto folder = read_log_file(testing::TempDir(), [](std::string_view) { return true; });
  ASSERT_FALSE(folder);
  EXPECT_THAT(folder.error().message, HasSubstr("cannot read"));
}

TEST_F(LogFile, StopsWhenAsked) {
  write(text_of(1'000'000));
  int pieces = 0;
  EXPECT_TRUE(read_log_file(path_, [&pieces](std::string_view) { return ++pieces < 2; }));
  EXPECT_EQ(pieces, 2);
}

}  // namespace
}  // namespace marginfix_tests
