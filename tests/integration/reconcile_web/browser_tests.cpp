// The page and a day's report in a real browser (Debian's `chromium`, driven by page_checks.py): every view in both colour schemes, wide
// and narrow, resolving with and without the token, keys, hostile texts; no refusal by the content security policy, nothing on the console,
// no request to another address. Skipped where there is no browser. With MARGINFIX_SHOTS=DIR pictures of every view are left in DIR.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "integration/reconcile_web/served_page.hpp"
#include "services/reconcile/report/day_report.hpp"

namespace marginfix::reconcile {
namespace {

struct Outcome {
  int status{0};
  std::string output;
};

Outcome run(const std::string& command) {
  Outcome outcome;
  FILE* const pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return {-1, "cannot run " + command};
  std::array<char, 4096> chunk{};
  while (const std::size_t size = std::fread(chunk.data(), 1, chunk.size(), pipe)) outcome.output.append(chunk.data(), size);
  outcome.status = ::pclose(pipe);
  return outcome;
}

std::string browser() {
  for (const char* name : {"chromium", "chromium-browser", "google-chrome"}) {
    const Outcome found = run(std::string("command -v ") + name);
    if (found.status == 0) return found.output.substr(0, found.output.find('\n'));
  }
  return {};
}

class PageInBrowser : public testing::Test {
 protected:
  void SetUp() override {
    program_ = browser();
    if (program_.empty()) GTEST_SKIP() << "no chromium here: apt-get install chromium";
    if (run("python3 --version").status != 0) GTEST_SKIP() << "no python3 here";
  }
  void holds(const std::string& check) {
    const std::string report =
        served_.folder.write("report.html", day_report(*served_.ledger, "", clearing_business_date(test::demo_now())));
    const char* const shots = std::getenv("MARGINFIX_SHOTS");
    const std::string script = std::string(MARGINFIX_SOURCE_DIR) + "/tests/integration/reconcile_web/page_checks.py";
    const Outcome outcome = run("python3 -B " + script + " " + program_ + " " + served_.page->url() + " " + test::ServedPage::kToken + " " +
                                report + " " + check + (shots == nullptr ? "" : " --shots " + std::string(shots)));
    EXPECT_EQ(outcome.status, 0) << outcome.output;
  }
  std::string program_;
  test::ServedPage served_{3000};
};

TEST_F(PageInBrowser, EveryViewInBothSchemesWideAndNarrow) { holds("views"); }
TEST_F(PageInBrowser, AHostileTextIsShownAsText) { holds("hostile"); }
TEST_F(PageInBrowser, ABreakIsResolvedWithTheTokenAndNotWithoutIt) {
  holds("resolving");
  EXPECT_EQ(served_.decisions, program_.empty() ? 0 : 1);
}
TEST_F(PageInBrowser, KeysAreEnough) { holds("keyboard"); }
TEST_F(PageInBrowser, TheReportWorksFromAFile) { holds("reports"); }

}  // namespace
}  // namespace marginfix::reconcile
