// What the perps tables promise, and where they leave the exchange's file on purpose.
#pragma once

#include "contract/openapi/compare.hpp"

namespace marginfix::openapi {
Expectation perps_expectation();
}
