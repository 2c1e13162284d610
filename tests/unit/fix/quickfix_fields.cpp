// C++14: QuickFIX headers.
#include "unit/fix/quickfix_fields.hpp"

#include <quickfix/DataDictionary.h>
#include <quickfix/Message.h>

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace marginfix_tests {
namespace {

void collect(const FIX::FieldMap& map, const std::string& path, std::vector<std::string>& out) {
  for (FIX::FieldMap::const_iterator field = map.begin(); field != map.end(); ++field) {
    out.push_back(path + std::to_string(field->getTag()) + "=" + field->getString());
  }
  for (FIX::FieldMap::g_const_iterator group = map.g_begin(); group != map.g_end(); ++group) {
    int entry = 0;
    for (const FIX::FieldMap* fields : group->second) {
      collect(*fields, path + std::to_string(group->first) + "[" + std::to_string(++entry) + "]/", out);
    }
  }
}

}  // namespace

std::vector<std::string> quickfix_fields(const std::string& wire, const std::string& session_xml, const std::string& application_xml) {
  std::istringstream session_text(session_xml), application_text(application_xml);
  const FIX::DataDictionary session(session_text);
  const FIX::DataDictionary application(application_text);
  std::vector<std::string> out;
  try {
    const FIX::Message message(wire, session, application, true);
    collect(message.getHeader(), "", out);
    collect(message, "", out);
    collect(message.getTrailer(), "", out);
  } catch (const std::exception& error) {
    throw std::runtime_error(error.what());
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace marginfix_tests
