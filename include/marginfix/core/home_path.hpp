// "~/keys/margin.pem" where no shell has expanded it: quoted values, .cfg and unit files, --option=~/... .
#pragma once

#include <string>

#include "marginfix/core/environment.hpp"

namespace marginfix {

// `path` with a leading "~/" (or "~" alone) replaced by HOME; unchanged where HOME is not set, for "~name", and where a file of that very
// name exists. Every file that marginfix is given a path of is opened by it.
std::string home_path(const std::string& path, const VariableLookup& lookup = process_variables());

}  // namespace marginfix
