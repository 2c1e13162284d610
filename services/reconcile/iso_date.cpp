#include "services/reconcile/iso_date.hpp"

namespace marginfix::reconcile {

std::string iso_date(Date day) {
  const std::string digits = to_fix_date(day);
  return digits.substr(0, 4) + '-' + digits.substr(4, 2) + '-' + digits.substr(6);
}

}  // namespace marginfix::reconcile
