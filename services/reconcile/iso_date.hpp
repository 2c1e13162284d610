// A day as people and other tools read it.
#pragma once

#include <string>

#include "marginfix/core/time.hpp"

namespace marginfix::reconcile {

std::string iso_date(Date day);  // "2026-11-30"

}  // namespace marginfix::reconcile
