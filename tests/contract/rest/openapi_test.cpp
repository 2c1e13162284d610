// Our operation tables against the exchange's own files (perps and Klear), where they lie beside the checkout. What upstream added, removed
// or changed is printed line by line.
#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <sstream>

#include "contract/openapi/compare.hpp"
#include "contract/rest/openapi/klear.hpp"
#include "contract/rest/openapi/perps.hpp"

namespace marginfix::openapi {
namespace {

std::string official(const std::string& name) {
  std::ifstream in(std::string(MARGINFIX_SOURCE_DIR) + "/../shared/spec/official/" + name);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

Comparison agreed(const std::string& yaml, const Expectation& ours) {
  Comparison result = compare(yaml, ours);
  for (const Difference& d : result.differences) ADD_FAILURE() << to_string(d);
  std::cout << "compared " << result.operations << " operations, " << result.parameters << " parameters, " << result.schemas << " schemas, "
            << result.properties << " properties\n";
  return result;
}

TEST(PerpsOpenApi, TablesAndFileAgree) {
  const std::string yaml = official("perps_openapi.yaml");
  if (yaml.empty()) GTEST_SKIP() << "the official file is not beside the checkout (../shared/spec/official)";
  const Comparison result = agreed(yaml, perps_expectation());
  EXPECT_EQ(result.operations, 53U);
  EXPECT_EQ(result.schemas, 97U);
}

TEST(KlearOpenApi, TablesAndFileAgree) {
  const std::string yaml = official("perps_scm_openapi.yaml");
  if (yaml.empty()) GTEST_SKIP() << "the official file is not beside the checkout (../shared/spec/official)";
  const Comparison result = agreed(yaml, klear_expectation());
  EXPECT_EQ(result.operations, 28U);
  EXPECT_EQ(result.schemas, 55U);
}

}  // namespace
}  // namespace marginfix::openapi
