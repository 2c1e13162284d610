// `marginfix md` and `marginfix fix` on a terminal: a pseudo-terminal, whose other end is the test.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <stdexcept>
#include <utility>

#include "integration/apps/program.hpp"
#include "integration/sim/client.hpp"
#include "sim/simulator.hpp"
#include "support/spawn.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::testing_apps {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kEnter = "\033[?1049h";
constexpr const char* kLeave = "\033[?25h\033[?1049l";

// The program with a terminal of its own, and what a person would see and type there.
class Seated {
 public:
  Seated(const std::vector<std::string>& arguments, int rows, int columns,
         std::vector<std::pair<std::string, std::string>> environment = {}) {
    int program_end = -1;
    winsize size = window(rows, columns);
    if (::openpty(&terminal_, &program_end, nullptr, nullptr, &size) != 0) throw std::runtime_error("no pseudo-terminal");
    test::Spawn what;
    what.arguments = {MARGINFIX_PROGRAM};
    what.arguments.insert(what.arguments.end(), arguments.begin(), arguments.end());
    what.in = what.out = program_end;  // standard error goes where standard output does
    if (environment.empty() || environment.front().first != "TERM") environment.emplace_back("TERM", "xterm-256color");
    environment.emplace_back("XDG_STATE_HOME", home_.path());
    what.environment = std::move(environment);
    child_ = test::spawn(what);
    ::close(program_end);
  }
  ~Seated() {
    if (child_ > 0) {
      ::kill(child_, SIGKILL);
      test::wait_for_end(child_);
    }
    ::close(terminal_);
  }
  Seated(const Seated&) = delete;
  Seated& operator=(const Seated&) = delete;

  void type(const std::string& keys) { ASSERT_EQ(::write(terminal_, keys.data(), keys.size()), static_cast<ssize_t>(keys.size())); }
  void signal(int number) { ::kill(child_, number); }
  void resize(int rows, int columns) {
    winsize size = window(rows, columns);
    ::ioctl(terminal_, TIOCSWINSZ, &size);
  }
  // Reads until `text` has come behind what forget() forgot; gives all since then.
  std::string until(const std::string& text) {
    EXPECT_TRUE(read_until([&] { return seen_.find(text) != std::string::npos; })) << "never came: " << text << "\n" << seen_;
    return seen_;
  }
  void forget() { seen_.clear(); }
  // To the end of the program: all since forget().
  std::string to_the_end() {
    EXPECT_TRUE(read_until([] { return false; }, true)) << seen_;
    exit_code_ = test::wait_for_end(std::exchange(child_, -1));
    return seen_;
  }
  int exit_code() const { return exit_code_; }

 private:
  static winsize window(int rows, int columns) {
    winsize size{};
    size.ws_row = static_cast<unsigned short>(rows);
    size.ws_col = static_cast<unsigned short>(columns);
    return size;
  }
  bool read_until(const std::function<bool()>& enough, bool ended_will_do = false) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!enough()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      pollfd end{terminal_, POLLIN, 0};
      if (::poll(&end, 1, 100) == 0) continue;
      char piece[4096];
      const auto n = ::read(terminal_, piece, sizeof piece);
      if (n <= 0) return ended_will_do;  // the program's end is closed
      seen_.append(piece, static_cast<std::size_t>(n));
    }
    return true;
  }

  test::TempFolder home_;
  int terminal_{-1}, exit_code_{-1};
  pid_t child_{-1};
  std::string seen_;
};

class Terminal : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder() = std::make_unique<test::TempFolder>();
    sim::SimulatorOptions options;
    options.dir = folder()->path("exchange");
    options.past = false;
    simulator() = std::make_unique<sim::Simulator>(options);
    ASSERT_TRUE(simulator()->start());
  }
  void SetUp() override {
    int own = -1, programs = -1;
    if (::openpty(&own, &programs, nullptr, nullptr, nullptr) != 0) GTEST_SKIP() << "no pseudo-terminals here: a chroot without /dev/pts";
    ::close(own);
    ::close(programs);
  }
  static void TearDownTestSuite() {
    simulator().reset();
    folder().reset();
  }
  static std::unique_ptr<test::TempFolder>& folder() {
    static std::unique_ptr<test::TempFolder> one;
    return one;
  }
  static std::unique_ptr<sim::Simulator>& simulator() {
    static std::unique_ptr<sim::Simulator> one;
    return one;
  }
  static std::vector<std::string> with(std::vector<std::string> words) {
    words.insert(words.end(), {"--endpoints", simulator()->path("endpoints.json")});
    return words;
  }
};

std::size_t rows_of(const std::string& screen) {
  std::size_t rows = 1;
  for (auto at = screen.find("\r\n"); at != std::string::npos; at = screen.find("\r\n", at + 1)) ++rows;
  return rows;
}

// The last whole picture: from the cursor's way home to the wiping of what is below.
std::string last_picture(const std::string& seen) {
  const auto end = seen.rfind("\033[J");
  const auto begin = end == std::string::npos ? end : seen.rfind("\033[H", end);
  return begin == std::string::npos ? std::string() : seen.substr(begin, end - begin);
}

TEST_F(Terminal, md_gives_the_terminal_back_whichever_way_it_ends) {
  struct Case {
    const char* what;
    std::function<void(Seated&)> end;
  };
  const Case cases[] = {{"q", [](Seated& s) { s.type("q"); }},
                        {"Ctrl-C", [](Seated& s) { s.signal(SIGINT); }},
                        {"SIGTERM", [](Seated& s) { s.signal(SIGTERM); }},
                        {"SIGHUP", [](Seated& s) { s.signal(SIGHUP); }}};
  for (const Case& c : cases) {
    Seated seat(with({"md", "--symbol", "KXBTCPERP", "KXETHPERP"}), 24, 80);
    seat.until(kEnter);
    seat.until("KXETHPERP");
    c.end(seat);
    const std::string seen = seat.to_the_end();
    EXPECT_EQ(seat.exit_code(), 0) << c.what;
    const auto left = seen.rfind(kLeave);
    ASSERT_NE(left, std::string::npos) << c.what;
    EXPECT_EQ(seen.find("\033[", left + std::string(kLeave).size()), std::string::npos) << c.what << ": plain lines are left behind";
    EXPECT_THAT(seen.substr(left), HasSubstr("KXBTCPERP bid ")) << c.what;
  }
}

TEST_F(Terminal, md_says_what_became_of_the_connection_within_its_screen) {
  Seated seat(with({"md", "--symbol", "KXBTCPERP"}), 24, 80);
  seat.until("KXBTCPERP");
  const auto [status, answer] = sim::test::control(
      *simulator(), "POST", "/disconnect", R"({"session":"KalshiMD","key_id":")" + simulator()->endpoints().find("alice")->key_id + "\"}");
  ASSERT_EQ(status, 200) << answer;
  seat.until(" KalshiMD: waiting");  // among the trades, where it stays
  seat.until(" KalshiMD: active");
  seat.type("q");
  EXPECT_THAT(seat.to_the_end(), HasSubstr(kLeave));
}

TEST_F(Terminal, md_has_colours_unless_they_are_not_wanted) {
  Seated coloured(with({"md", "--symbol", "KXBTCPERP", "--seconds", "1"}), 24, 80);
  EXPECT_THAT(coloured.to_the_end(), AllOf(HasSubstr("\033[32m"), HasSubstr("\033[31m")));
  Seated plain(with({"md", "--symbol", "KXBTCPERP", "--seconds", "1"}), 24, 80, {{"NO_COLOR", "1"}});
  EXPECT_THAT(plain.to_the_end(), AllOf(HasSubstr(kEnter), Not(HasSubstr("\033[32m")), Not(HasSubstr("\033[1m"))));
  Seated dumb(with({"md", "--symbol", "KXBTCPERP", "--seconds", "1"}), 24, 80, {{"TERM", "dumb"}});
  EXPECT_THAT(dumb.to_the_end(), AllOf(HasSubstr("KXBTCPERP snapshot bid"), Not(HasSubstr("\033"))));
}

TEST_F(Terminal, md_follows_the_size_of_the_terminal) {
  Seated seat(with({"md", "--symbol", "KXBTCPERP", "KXETHPERP", "KXSOLPERP"}), 40, 120);
  seat.until("KXSOLPERP");
  seat.forget();
  seat.resize(9, 50);
  seat.until("\033[J");
  seat.forget();  // one that was under way in the old size
  const std::string picture = last_picture(seat.until("\033[J"));
  EXPECT_LE(rows_of(picture), 9U) << picture;
  seat.type("q");
  seat.to_the_end();
  EXPECT_EQ(seat.exit_code(), 0);
}

TEST_F(Terminal, fix_has_a_prompt_and_history_and_reports_do_not_cut_into_what_is_typed) {
  Seated seat(with({"fix", "--session", "NR"}), 24, 100);
  if (seat.until("ready: help lists the commands").find("NR> ") == std::string::npos) seat.until("NR> ");
  seat.type("new buy KXLTCPERP 3 3.9000 id=typed-1\r");
  seat.until("New           typed-1 buy 3.00");
  seat.until("NR> ");
  seat.forget();
  seat.type("new buy KXLT");
  seat.until("new buy KXLT");
  // A report comes in while a line is being typed: the resting order is canceled by REST.
  const auto listed = run({"rest", "orders", "cancel_all", "--endpoints", simulator()->path("endpoints.json")});
  ASSERT_EQ(listed.exit_code, 0) << listed.err;
  const std::string cut = seat.until("Canceled");
  seat.forget();
  seat.type("CPERP 1 3.8000 id=typed-2\r");
  seat.until("New           typed-2 buy 1.00");  // what was typed before was not lost
  EXPECT_THAT(cut, HasSubstr("\r\033[J")) << "the line that was being typed is wiped and drawn anew below";
  seat.forget();
  seat.type("\033[A");  // the line before
  seat.until("id=typed-2");
  seat.type("\x15quit\r");
  seat.to_the_end();
  EXPECT_EQ(seat.exit_code(), 0);
}

TEST_F(Terminal, fix_remembers_what_was_typed_in_earlier_runs_for_nobody_else) {
  const test::TempFolder home;
  const std::string file = home.path("history");
  for (const bool first : {true, false}) {
    Seated seat(with({"fix", "--session", "NR"}), 24, 100, {{"MARGINFIX_HISTORY", file}});
    seat.until("NR> ");
    seat.forget();
    if (first) {
      seat.type("orders\r");
    } else {
      seat.type("\033[A\033[A");  // quit, then the line before it
      seat.until("orders");
      seat.type("\x15");
    }
    seat.type("qui\t\r");  // Tab completes
    seat.to_the_end();
    EXPECT_EQ(seat.exit_code(), 0);
  }
  EXPECT_THAT(test::TempFolder::read(file), HasSubstr("orders"));
  EXPECT_EQ(std::filesystem::status(file).permissions() & std::filesystem::perms::all,
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(Terminal, fix_ends_by_a_signal_and_leaves_the_terminal_as_it_was) {
  for (const int number : {SIGINT, SIGTERM}) {
    Seated seat(with({"fix", "--session", "NR"}), 24, 80);
    seat.until("NR> ");
    seat.type("new buy");
    seat.signal(number);
    seat.to_the_end();
    EXPECT_EQ(seat.exit_code(), 0) << number;
  }
}

TEST_F(Terminal, tables_fit) {
  Seated seat(with({"rest", "markets", "list", "--table"}), 24, 80);
  std::string seen = seat.to_the_end();
  EXPECT_THAT(seen, AllOf(HasSubstr("ticker"), HasSubstr("columns fit: --columns NAMES chooses")));
  std::size_t from = 0;
  for (auto end = seen.find("\r\n"); end != std::string::npos; from = end + 2, end = seen.find("\r\n", from)) {
    EXPECT_LE(end - from, 80U) << seen.substr(from, end - from);
  }
}

}  // namespace
}  // namespace marginfix::testing_apps
