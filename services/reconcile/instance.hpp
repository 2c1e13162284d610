// One of several processes that keep one service's ledger in PostgreSQL: one leads, which is a Service; each shows the page, and whoever
// stands by leads within five seconds of the leader's end, freezing or being cut off.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "marginfix/core/result.hpp"
#include "services/reconcile/service.hpp"

namespace marginfix::reconcile {

class Instance {
 public:
  // Takes the folder, which is this instance's alone: token, address of its page. Errors: config, credentials, store (code "locked").
  static Result<std::unique_ptr<Instance>> open(ServiceOptions options);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  // Leads when it may, until `stop` says so; outages of the database are waited for. `ready` is called once the page is there. Error: what
  // no waiting mends.
  Result<void> run(const std::function<bool()>& stop, const std::function<void(const std::string& page)>& ready = {});
  // One pass, where nobody leads. Error(store, code "locked"): somebody does, and needs no pass beside its own.
  Result<OnePass> run_once(const std::function<bool()>& stop);

 private:
  struct Impl;
  explicit Instance(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace marginfix::reconcile
