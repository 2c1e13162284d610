// Scripted conversations with the OMS/EMS gateway: one test for each file of scenarios/ and version of FIX.
#include <gtest/gtest.h>

#include "integration/gateway/runner.hpp"

namespace marginfix::gateway::script {

void PrintTo(const Scenario& scenario, std::ostream* out) { *out << scenario.path; }

namespace {

class GatewayScenario : public ::testing::TestWithParam<Scenario> {};

TEST_P(GatewayScenario, Holds) {
  try {
    Runner(GetParam()).run();
  } catch (const std::exception& fault) {
    FAIL() << fault.what();
  }
}

std::string name_of(const ::testing::TestParamInfo<Scenario>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Fix42, GatewayScenario, ::testing::ValuesIn(scenarios_of(FixVersion::fix42)), name_of);
INSTANTIATE_TEST_SUITE_P(Fix44, GatewayScenario, ::testing::ValuesIn(scenarios_of(FixVersion::fix44)), name_of);
INSTANTIATE_TEST_SUITE_P(Fix50Sp2, GatewayScenario, ::testing::ValuesIn(scenarios_of(FixVersion::fix50sp2)), name_of);

}  // namespace
}  // namespace marginfix::gateway::script
