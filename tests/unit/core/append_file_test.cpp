// AppendFile: what is appended is in the file, whatever becomes of the process; what an append that was not finished leaves; a full disk.
#include "marginfix/core/append_file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "support/no_room.hpp"
#include "support/temp_folder.hpp"

namespace marginfix {
namespace {

namespace fs = std::filesystem;

class AppendFileTest : public ::testing::TestWithParam<bool> {
 protected:
  AppendFileTest() : descriptor_(::open(path().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {}
  ~AppendFileTest() override { ::close(descriptor_); }
  std::string path() const { return folder_.path("file"); }
  int open(AppendFile& file, std::uint64_t size = 0) { return file.open(descriptor_, size, GetParam()); }
  std::string there() const { return test::TempFolder::read(path()); }
  // What is there without the room behind it.
  std::string used() const {
    const std::string bytes = there();
    return bytes.substr(0, bytes.find_last_not_of('\0') + 1);
  }

  test::TempFolder folder_;
  int descriptor_;
};
INSTANTIATE_TEST_SUITE_P(Both, AppendFileTest, ::testing::Bool(), [](const auto& way) { return way.param ? "Mapped" : "Written"; });

TEST_P(AppendFileTest, WhatIsAppendedIsThereAndTheRoomIsGivenBack) {
  {
    AppendFile file;
    ASSERT_EQ(open(file), 0);
    EXPECT_EQ(file.append("first "), 0);
    EXPECT_EQ(file.append(""), 0);
    EXPECT_EQ(file.append("and"), 0);  // fewer bytes than are written last
    EXPECT_EQ(file.size(), 9u);
    EXPECT_EQ(used(), "first and") << "others see it at once";
  }
  EXPECT_EQ(there(), "first and");
}

TEST_P(AppendFileTest, GoesOnWhereItIsTold) {
  folder_.write("file", "kept, and an end that was never finished");
  {
    AppendFile file;
    ASSERT_EQ(open(file, 4), 0);
    EXPECT_EQ(there(), "kept");
    EXPECT_EQ(file.append("!"), 0);
  }
  EXPECT_EQ(there(), "kept!");
}

// Over the ends of pages, of room and of what is mapped at a time, in pieces of every kind.
TEST_P(AppendFileTest, PiecesOfEverySizeStandOneBehindTheOther) {
  std::string all;
  {
    AppendFile file;
    ASSERT_EQ(open(file), 0);
    for (std::size_t i = 0; all.size() < std::size_t{3} << 20; ++i) {
      const std::string piece(i % 40 == 0 ? 70'000 + i : 1 + (i * 37) % 5'000, static_cast<char>('a' + i % 26));
      ASSERT_EQ(file.append(piece), 0);
      all += piece;
      ASSERT_EQ(file.size(), all.size());
    }
    EXPECT_EQ(used(), all);
  }
  EXPECT_EQ(there(), all);
}

TEST_P(AppendFileTest, AKilledProcessLosesNothing) {
  const pid_t child = ::fork();
  if (child == 0) {
    AppendFile file;
    if (open(file) != 0 || file.append("told") != 0 || file.append(" and told again") != 0) ::_exit(1);
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(used(), "told and told again");
}

TEST_P(AppendFileTest, AFullDiskTakesAllOrNothing) {
  AppendFile file;
  ASSERT_EQ(open(file), 0);
  ASSERT_EQ(file.append("before"), 0);
  std::string all = "before";
  {
    const test::NoRoom full(100'000);
    const std::string piece(3'000, 'x');
    int failed = 0;
    while ((failed = file.append(piece)) == 0) all += piece;
    EXPECT_EQ(failed, EFBIG);
    EXPECT_LE(all.size(), 100'000u);
    EXPECT_GT(all.size() + piece.size(), 100'000u) << "as long as there is room, it is taken";
    EXPECT_EQ(file.append(std::string(50'000, 'y')), EFBIG);
    EXPECT_EQ(file.size(), all.size());
    EXPECT_EQ(used(), all);
  }
  EXPECT_EQ(file.append("after"), 0);
  EXPECT_EQ(used(), all + "after");
  file.close();
  EXPECT_EQ(there(), all + "after");
}

TEST_P(AppendFileTest, IsMovedWithItsFile) {
  AppendFile file;
  ASSERT_EQ(open(file), 0);
  ASSERT_EQ(file.append("one "), 0);
  AppendFile other = std::move(file);
  EXPECT_EQ(other.append("two"), 0);
  other.close();
  EXPECT_EQ(there(), "one two");
}

TEST(AppendFile, OfNoFileIsAnError) {
  AppendFile file;
  EXPECT_EQ(file.open(-1, 0), EBADF);
}

}  // namespace
}  // namespace marginfix
