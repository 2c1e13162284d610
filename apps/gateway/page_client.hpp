// Asks a gateway that runs on this machine: its page's address from DIR/page.json, its token from DIR/token.
#pragma once

#include <string>

#include "marginfix/core/result.hpp"

namespace marginfix::apps {

class PageClient {
 public:
  // Error(store): DIR/page.json is not there (no gateway runs) or names no page.
  static Result<PageClient> of_folder(const std::string& dir);

  // The body of an answer of 200. Errors: connect (nobody answers: it was killed, or is still starting), timeout, http (what it refused,
  // with its own code and words), store (the token).
  Result<std::string> get(const std::string& path) const;
  Result<std::string> post(const std::string& path, const std::string& json) const;  // with the token

 private:
  PageClient(std::string dir, std::string url) : dir_(std::move(dir)), url_(std::move(url)) {}

  std::string dir_;
  std::string url_;  // "http://127.0.0.1:40000/"
};

}  // namespace marginfix::apps
