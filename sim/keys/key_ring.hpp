// The public halves of all API keys, by key id: what every door checks signatures with. Keys may come and go while the exchange runs
// (a clearing member makes and revokes some). I/O thread only.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "marginfix/core/signer.hpp"

namespace marginfix::sim {

class KeyRing {
 public:
  void set(std::string key_id, Signer public_half) { keys_.insert_or_assign(std::move(key_id), std::move(public_half)); }
  void remove(std::string_view key_id) {
    if (const auto found = keys_.find(key_id); found != keys_.end()) keys_.erase(found);
  }
  // Null when there is no such key.
  const Signer* find(std::string_view key_id) const {
    const auto found = keys_.find(key_id);
    return found == keys_.end() ? nullptr : &found->second;
  }

 private:
  std::map<std::string, Signer, std::less<>> keys_;
};

}  // namespace marginfix::sim
