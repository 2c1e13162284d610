// /metrics by a strict reader of the text format 0.0.4: what it does not take, Prometheus might not either.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "services/gateway/web/metrics.hpp"
#include "support/fake_gateway.hpp"

namespace marginfix::gateway {
namespace {

// Series ("name{labels}") to value. Reports each line that is none of the format through GoogleTest.
class MetricsText {
 public:
  explicit MetricsText(const std::string& text) {
    EXPECT_TRUE(text.ends_with('\n'));
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) take(line);
  }
  std::map<std::string, std::int64_t> values;
  std::vector<std::pair<std::string, std::int64_t>> in_order;
  std::map<std::string, std::string> types;

 private:
  void take(const std::string& line) {
    static const std::regex kHelp("# HELP ([a-z0-9_]+) ([ -~]+)"), kType("# TYPE ([a-z0-9_]+) (gauge|counter|histogram)");
    static const std::regex kSample(
        R"re(([a-z0-9_]+)(\{([a-z_]+="(\\["\\n]|[^"\\\n])*")(,[a-z_]+="(\\["\\n]|[^"\\\n])*")*\})? (-?(0|[1-9][0-9]*)))re");
    std::smatch match;
    if (std::regex_match(line, match, kHelp)) {
      EXPECT_TRUE(families_.insert(match[1]).second) << "twice: " << line;
      family_ = match[1];
    } else if (std::regex_match(line, match, kType)) {
      EXPECT_EQ(match[1], family_) << line;
      types[family_] = match[2];
      EXPECT_EQ(match[2] == "counter", family_.ends_with("_total")) << line;
      EXPECT_EQ(match[2] == "histogram", family_.ends_with("_microseconds")) << line;
    } else if (std::regex_match(line, match, kSample)) {
      take_sample(match[1], match[2], std::stoll(match[7]), line);
    } else {
      ADD_FAILURE() << "not of the format: " << line;
    }
  }
  void take_sample(const std::string& name, const std::string& labels, std::int64_t value, const std::string& line) {
    if (types[family_] == "histogram") {
      EXPECT_TRUE(name == family_ + "_bucket" || name == family_ + "_sum" || name == family_ + "_count") << line;
    } else {
      EXPECT_EQ(name, family_) << line;
    }
    EXPECT_TRUE(values.emplace(name + labels, value).second) << "twice: " << line;
    in_order.emplace_back(name + labels, value);
  }
  std::set<std::string> families_;
  std::string family_;
};

MetricsText metrics_of(const GatewayStatus& status) {
  std::string text;
  services::MetricsWriter out(text, kMetricsPrefix);
  write_gateway_metrics(out, status);
  return MetricsText(text);
}

std::string name(const std::string& rest) { return "marginfix_gateway_" + rest; }

TEST(GatewayMetrics, TheyTellWhatTheGatewayKnows) {
  const auto m = metrics_of(test::demo_status()).values;
  EXPECT_EQ(m.at(name("open")), 1);
  EXPECT_EQ(m.at(name("ready")), 1);
  EXPECT_EQ(m.at(name("killed")), 0);
  EXPECT_EQ(m.at(name("uptime_seconds")), 7384);
  EXPECT_EQ(m.at(name("start_time_seconds")), to_epoch_seconds(test::gateway_now() - std::chrono::seconds(7'384)));
  EXPECT_EQ(m.at(name(R"(client_logged_on{client="FUND-A",begin_string="FIX.4.2"})")), 1);
  EXPECT_EQ(m.at(name(R"(client_logged_on{client="FUND-A",begin_string="FIXT.1.1"})")), 0);
  EXPECT_EQ(m.at(name(R"(client_orders_total{client="FUND-A",begin_string="FIX.4.2"})")), 420);
  EXPECT_EQ(m.at(name(R"(client_owed_reports{client="FUND-A",begin_string="FIXT.1.1"})")), 4);
  EXPECT_EQ(m.at(name(R"(client_last_message_age_seconds{client="FUND-A",begin_string="FIX.4.2"})")), 2);
  EXPECT_FALSE(m.contains(name(R"(client_last_message_age_seconds{client="DESK-B",begin_string="FIX.4.4"})"))) << "it never spoke";
  EXPECT_EQ(m.at(name(R"(client_info{client="DESK-B",begin_string="FIX.4.4",account="second"})")), 1);
  EXPECT_EQ(m.at(name(R"(key_active{account="main"})")), 1);
  EXPECT_EQ(m.at(name(R"(key_session{account="second",session="KalshiNR",state="active"})")), 1);
  EXPECT_EQ(m.at(name(R"(key_write_tokens{account="main"})")), 480);
  EXPECT_EQ(m.at(name(R"(key_waiting_messages{account="second"})")), 3);
  EXPECT_EQ(m.at(name("unknown_reports_total")), 3);
}

TEST(GatewayMetrics, LimitsAreLabelsAsTheyAreConfigured) {
  const auto m = metrics_of(test::demo_status()).values;
  EXPECT_EQ(m.at(name(R"(client_limits{client="FUND-A",begin_string="FIX.4.2",max_order_qty="500.00",max_notional="250000",)"
                      R"(price_collar="5%",max_open_orders="300",max_position="",max_messages_per_second="100"})")),
            1);
}

TEST(GatewayMetrics, TheKillSwitchIsSeen) {
  GatewayStatus status = test::demo_status();
  status.kill = {true, status.now - std::chrono::seconds(90), "http", "a reason that is in no label", true};
  const auto m = metrics_of(status);
  EXPECT_EQ(m.values.at(name("killed")), 1);
  EXPECT_EQ(m.values.at(name("killed_seconds")), 90);
  EXPECT_EQ(m.values.at(name("arm_asked")), 1);
  EXPECT_EQ(m.values.at(name("ready")), 0);
  for (const auto& [series, value] : m.values) EXPECT_EQ(series.find("reason"), std::string::npos) << series;
}

TEST(GatewayMetrics, HistogramsAreCumulative) {
  const auto m = metrics_of(test::demo_status());
  for (const char* hop : {"oms_to_exchange", "exchange", "exchange_to_oms"}) {
    const std::string family = name("latency_" + std::string(hop) + "_microseconds");
    EXPECT_EQ(m.types.at(family), "histogram");
    std::int64_t before = 0;
    std::size_t buckets = 0;
    for (const auto& [series, value] : m.in_order) {
      if (!series.starts_with(family + "_bucket")) continue;
      EXPECT_GE(value, before) << series;
      before = value, ++buckets;
    }
    EXPECT_EQ(buckets, kLatencyBounds.size() + 1);
    EXPECT_EQ(m.values.at(family + R"(_bucket{le="+Inf"})"), m.values.at(family + "_count"));
  }
  const std::string family = name("latency_oms_to_exchange_microseconds");
  EXPECT_EQ(m.values.at(family + R"(_bucket{le="10"})"), 1);
  EXPECT_EQ(m.values.at(family + R"(_bucket{le="200"})"), 5);
  EXPECT_EQ(m.values.at(family + R"(_bucket{le="1000000"})"), 6);
  EXPECT_EQ(m.values.at(family + "_count"), 7);
  EXPECT_EQ(m.values.at(family + "_sum"), 8 + 45 + 120 + 130 + 180 + 950 + 2'000'000);
}

TEST(GatewayMetrics, AHostileNameStaysALabel) {
  GatewayStatus status = test::demo_status();
  status.clients[0].comp_id = "a\"b\\c\nd", status.keys[0].account = "} 1\n# HELP x";
  std::int64_t found = 0;
  for (const auto& [series, value] : metrics_of(status).values) {
    if (series.starts_with(name("client_orders_total")) && series.find("a\\\"b\\\\c") != std::string::npos) found += value;
  }
  EXPECT_EQ(found, 420);
}

TEST(GatewayMetrics, AnEmptyGatewayIsOfTheFormatToo) {
  const auto m = metrics_of({}).values;
  EXPECT_EQ(m.at(name("open")), 0);
  EXPECT_EQ(m.at(name("latency_exchange_microseconds_count")), 0);
}

TEST(MetricsWriter, ALabelledHistogram) {
  std::string text;
  const std::array<std::int64_t, 2> bounds{1, 10};
  const std::array<std::uint64_t, 3> counts{2, 0, 5};
  services::MetricsWriter(text, "x_").histogram("h_microseconds", "A histogram.").buckets({{"door", "a"}}, bounds, counts, 77);
  EXPECT_EQ(
      text,
      "# HELP x_h_microseconds A histogram.\n# TYPE x_h_microseconds histogram\n"
      "x_h_microseconds_bucket{door=\"a\",le=\"1\"} 2\nx_h_microseconds_bucket{door=\"a\",le=\"10\"} 2\n"
      "x_h_microseconds_bucket{door=\"a\",le=\"+Inf\"} 7\nx_h_microseconds_sum{door=\"a\"} 77\nx_h_microseconds_count{door=\"a\"} 7\n");
}

}  // namespace
}  // namespace marginfix::gateway
