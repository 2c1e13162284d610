// What a client's engine would say to a message of the gateway, with fix-spec/oms as its dictionaries and validation on.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "marginfix/fix/dictionary.hpp"
#include "services/gateway/oms/version.hpp"

namespace marginfix::gateway::fault {

class OmsDictionaries {
 public:
  OmsDictionaries() {
    for (const char* name : {"FIX42", "FIX44", "FIXT11", "FIX50SP2"})
      files_.emplace(name, fix::Dictionary::load(std::string(MARGINFIX_SOURCE_DIR "/fix-spec/oms/") + name + ".xml").value());
  }
  // The first thing that it would refuse, in words; "": nothing.
  std::string complaint(FixVersion version, std::string_view wire) const {
    const auto found = fix::validate(wire, pair_of(version));
    return found.empty() ? std::string() : to_string(found.front());
  }

 private:
  fix::DictionaryPair pair_of(FixVersion version) const {
    if (version == FixVersion::fix50sp2) return {files_.at("FIXT11"), files_.at("FIX50SP2")};
    return fix::as_pair(files_.at(version == FixVersion::fix42 ? "FIX42" : "FIX44"));
  }
  std::map<std::string, fix::Dictionary> files_;
};

}  // namespace marginfix::gateway::fault
