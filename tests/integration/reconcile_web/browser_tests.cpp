// The page and a day's report in a real browser (Debian's `chromium`, driven by page_checks.py): every view in both colour schemes, wide
// and narrow, resolving with and without the token, keys, hostile texts; no refusal by the content security policy, nothing on the console,
// no request to another address. Skipped where there is no browser. With MARGINFIX_SHOTS=DIR pictures of every view are left in DIR.
#include <gtest/gtest.h>

#include <cstdlib>

#include "integration/reconcile_web/served_page.hpp"
#include "services/reconcile/report/day_report.hpp"
#include "support/browser.hpp"

namespace marginfix::reconcile {
namespace {

class PageInBrowser : public testing::Test {
 protected:
  void SetUp() override {
    program_ = test::browser();
    if (program_.empty()) GTEST_SKIP() << "no chromium here, or no python3: apt-get install chromium python3";
  }
  void holds(const std::string& check) {
    const std::string report =
        served_.folder.write("report.html", day_report(*served_.ledger, "", clearing_business_date(test::demo_now())));
    const char* const shots = std::getenv("MARGINFIX_SHOTS");
    const std::string script = std::string(MARGINFIX_SOURCE_DIR) + "/tests/integration/reconcile_web/page_checks.py";
    const auto outcome = test::shell("python3 -B " + script + " " + program_ + " " + served_.page->url() + " " + test::ServedPage::kToken +
                                     " " + report + " " + check + (shots == nullptr ? "" : " --shots " + std::string(shots)));
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
