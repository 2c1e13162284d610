// Our operation tables against the exchange's perps file, where it lies beside the checkout. What upstream added, removed or changed is
// printed line by line.
#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <sstream>

#include "contract/rest/openapi/compare.hpp"
#include "contract/rest/openapi/perps.hpp"

namespace marginfix::openapi {
namespace {

std::string perps_file() {
  std::ifstream in(std::string(MARGINFIX_SOURCE_DIR) + "/../shared/spec/official/perps_openapi.yaml");
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(PerpsOpenApi, TablesAndFileAgree) {
  const std::string yaml = perps_file();
  if (yaml.empty()) GTEST_SKIP() << "the official file is not beside the checkout (../shared/spec/official)";
  const Comparison result = compare(yaml, perps_expectation());
  for (const Difference& d : result.differences) ADD_FAILURE() << to_string(d);
  std::cout << "compared " << result.operations << " operations, " << result.parameters << " parameters, " << result.schemas << " schemas, "
            << result.properties << " properties\n";
  EXPECT_EQ(result.operations, 53U);
  EXPECT_EQ(result.schemas, 97U);
}

}  // namespace
}  // namespace marginfix::openapi
