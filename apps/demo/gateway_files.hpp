// Files of the tree that the demo's gateway and its clients run on, built in. Made by CMake from gateway_files.cpp.in.
#pragma once

#include <string_view>

namespace marginfix::apps {

std::string_view shipped_gateway_cfg() noexcept;  // config/gateway.cfg
std::string_view oms_fix42_xml() noexcept;        // fix-spec/oms/FIX42.xml
std::string_view oms_fix44_xml() noexcept;        // fix-spec/oms/FIX44.xml

}  // namespace marginfix::apps
