// What packaging/ shows and watches is what the services write: each metric that a dashboard or an alert names is one of theirs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

namespace marginfix::layering {
namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string>;

const fs::path kRoot = MARGINFIX_SOURCE_DIR;

std::string packaged_text(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

// `gauge("name"`, `counter("name"`, and names that a helper makes a histogram of, below a service's folder, with its prefix.
void collect_written(const fs::path& folder, const std::string& prefix, Names& out) {
  static const std::regex kFamily(R"re((gauge|counter|histogram)\(\s*"([a-z0-9_]+)")re");
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".cpp") continue;
    const std::string text = packaged_text(entry.path());
    for (auto at = std::sregex_iterator(text.begin(), text.end(), kFamily); at != std::sregex_iterator(); ++at)
      out.insert(prefix + (*at)[2].str());
  }
}

Names written() {
  Names names;
  collect_written(kRoot / "services/reconcile", "marginfix_reconcile_", names);
  collect_written(kRoot / "services/gateway", "marginfix_gateway_", names);
  return names;
}

Names named_in(const fs::path& file) {
  static const std::regex kName(R"(marginfix_(reconcile|gateway)_[a-z0-9_]+)");
  const std::string text = packaged_text(file);
  Names names;
  for (auto at = std::sregex_iterator(text.begin(), text.end(), kName); at != std::sregex_iterator(); ++at) names.insert(at->str());
  return names;
}

void expect_written(const fs::path& file, std::size_t at_least) {
  static const Names all = written();
  const Names names = named_in(file);
  EXPECT_GE(names.size(), at_least) << file << " was read";
  for (const std::string& name : names) EXPECT_TRUE(all.contains(name)) << file.filename() << " names " << name << ", which nobody writes";
}

TEST(Packaging, TheAlertsWatchMetricsThatAreWritten) { expect_written(kRoot / "packaging/prometheus/marginfix.yml", 15); }

TEST(Packaging, TheDashboardShowsMetricsThatAreWritten) { expect_written(kRoot / "packaging/grafana/marginfix.json", 20); }

TEST(Packaging, TheGuidesNameMetricsThatAreWritten) {
  for (const char* guide : {"docs/reconcile.md", "docs/stream.md", "docs/deployment.md"}) expect_written(kRoot / guide, 0);
}

TEST(Packaging, PrometheusTakesTheAlerts) {
  if (std::system("command -v promtool >/dev/null 2>&1") != 0) GTEST_SKIP() << "promtool is not here (Debian: prometheus)";
  const std::string file = (kRoot / "packaging/prometheus/marginfix.yml").string();
  EXPECT_EQ(std::system(("promtool check rules '" + file + "' >/dev/null").c_str()), 0);
}

}  // namespace
}  // namespace marginfix::layering
