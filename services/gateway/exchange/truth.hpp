// What REST says of an account's orders and fills, read on a thread of its own so that nobody waits for it. Source: rest/missed.hpp.
#pragma once

#include <boost/asio/io_context.hpp>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "marginfix/core/result.hpp"
#include "marginfix/core/time.hpp"
#include "marginfix/domain/execution.hpp"
#include "marginfix/domain/order_state.hpp"
#include "marginfix/perps_client.hpp"

namespace marginfix::gateway {

struct TruthQuestion {
  Timestamp since{};                   // by the exchange's clock
  std::vector<std::string> order_ids;  // OrderID(37) of orders that are believed open
};

// Fills first, then orders: an order's quantities are never older than its fills.
struct Truth {
  std::vector<Fill> fills;
  std::vector<Baseline> orders;
  // When the reading began, by the monotonic clock: what was sent well before and is in no list never was.
  std::chrono::nanoseconds began{0};
};

// Blocking. Any thread.
using TruthReader = std::function<Result<Truth>(const TruthQuestion&)>;
// Reads by this client, which must outlive it.
TruthReader truth_by_rest(PerpsClient& client);

class TruthAsker {
 public:
  TruthAsker(boost::asio::io_context& io, TruthReader reader);
  ~TruthAsker();  // waits for a reading under way; its answer is told to nobody
  TruthAsker(const TruthAsker&) = delete;
  TruthAsker& operator=(const TruthAsker&) = delete;

  // `then` runs on the io_context's thread. False: a question is under way.
  bool ask(TruthQuestion question, std::function<void(const Result<Truth>&)> then);
  bool busy() const;

 private:
  void work();

  boost::asio::io_context& io_;
  TruthReader reader_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<TruthQuestion> question_;
  std::function<void(const Result<Truth>&)> then_;
  bool busy_{false}, stopping_{false};
  std::shared_ptr<const bool> alive_{std::make_shared<const bool>(true)};
  std::thread thread_;
};

}  // namespace marginfix::gateway
