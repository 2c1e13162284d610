// The word that somebody probably meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace marginfix::apps {

// The known word with the fewest typing slips between it and `given`; empty when none is near (more than a third of its letters wrong).
std::string_view nearest(std::string_view given, const std::vector<std::string_view>& known);
// "; did you mean X?": the nearest word, else those that hold what was given; or nothing.
std::string did_you_mean(std::string_view given, const std::vector<std::string_view>& known);

}  // namespace marginfix::apps
