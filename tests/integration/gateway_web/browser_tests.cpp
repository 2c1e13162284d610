// The gateway's page in a real browser (Debian's `chromium`, driven by page_checks.py): every view in both colour schemes, wide and narrow;
// what changes is seen, what others wrote is text; a gateway that is gone is told. No refusal by the content security policy, nothing on
// the console, no request to another address. Skipped where there is no browser. With MARGINFIX_SHOTS=DIR pictures of every view are left
// in DIR.
#include <gtest/gtest.h>

#include <cstdlib>

#include "services/gateway/web/page.hpp"
#include "support/browser.hpp"
#include "support/fake_gateway.hpp"

namespace marginfix::gateway {
namespace {

class GatewayInBrowser : public testing::Test {
 protected:
  static constexpr const char* kToken = "0b7e0c1a-token-of-the-test-9f3d";

  void SetUp() override {
    program_ = test::browser();
    if (program_.empty()) GTEST_SKIP() << "no chromium here, or no python3: apt-get install chromium python3";
    GatewayPageOptions options;
    options.token = SecretString(kToken);
    page_ = GatewayPage::start(std::move(options), gateway_).value();
  }
  void holds(const std::string& check) {
    const char* const shots = std::getenv("MARGINFIX_SHOTS");
    const std::string script = std::string(MARGINFIX_SOURCE_DIR) + "/tests/integration/gateway_web/page_checks.py";
    const auto outcome = test::shell("python3 -B " + script + " " + program_ + " " + page_->url() + " " + kToken + " " + check +
                                     (shots == nullptr ? "" : " --shots " + std::string(shots)));
    EXPECT_EQ(outcome.status, 0) << outcome.output;
  }

  test::FakeGateway gateway_;
  std::unique_ptr<GatewayPage> page_;
  std::string program_;
};

TEST_F(GatewayInBrowser, EveryViewInBothSchemesWideAndNarrow) { holds("views"); }
TEST_F(GatewayInBrowser, AHostileTextIsShownAsText) {
  gateway_.change([](GatewayStatus& status, std::vector<OrderRow>& rows) {
    rows[0].cl_ord_id = "<img src=x onerror=\"window.hacked=1\">", rows[0].text = "\u202e drowssap";
    status.clients[0].comp_id = "<b>bold</b>", status.keys[0].why = "<svg/onload=window.hacked=1>", status.keys[0].state = "waiting";
    status.kill = {true, status.now, "http", "<script>window.hacked=1</script>", false};
  });
  holds("hostile");
}
TEST_F(GatewayInBrowser, AKillIsSeenWithoutAReload) { holds("killing"); }
TEST_F(GatewayInBrowser, AGatewayThatIsGoneIsTold) { holds("unreachable"); }
TEST_F(GatewayInBrowser, KeysAreEnough) { holds("keyboard"); }

}  // namespace
}  // namespace marginfix::gateway
