// A ledger with an outbox that a test fills, a publisher beside it, and what the stream must hold in the end.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "services/reconcile/ledger/sqlite_storage.hpp"
#include "services/reconcile/ledger/table.hpp"
#include "services/reconcile/stream/outbox.hpp"
#include "services/reconcile/stream/publisher.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::test {

namespace rc = marginfix::reconcile;
using std::chrono::milliseconds;

template <class Condition>
bool eventually_true(const Condition& condition, milliseconds limit = std::chrono::seconds(60)) {
  const auto until = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::yield();
  }
  return true;
}

// The engine's side of an outbox, by hand: executions of one account.
class FilledOutbox {
 public:
  explicit FilledOutbox(std::string path) : path_(std::move(path)), storage_(rc::SqliteStorage::open(path_).value()) {
    if (rc::meta(*storage_, "ledger_id")) return;
    rc::set_meta(*storage_, "rules.stream", "on");
    rc::set_meta(*storage_, "ledger_id", "0123456789abcdef");
  }
  // So many more, in one transaction.
  void add(int count) {
    rc::Outbox outbox(*storage_);
    storage_->begin();
    for (int i = 0; i < count; ++i) {
      const std::int64_t number = rc::outbox_state(*storage_).number + 1;
      rc::FillRow fill;
      fill.account = "alice";
      fill.symbol = "KXBTCPERP";
      fill.order_id = "o" + std::to_string(number);
      fill.trade_id = "t" + std::to_string(number);
      fill.last_mkt = "0";
      fill.exec_id = "13768;" + std::to_string(number);
      outbox.begin_record(Timestamp(std::chrono::microseconds(number)));
      outbox.execution(fill, true);
      outbox.write();
    }
    storage_->commit();
  }
  // The same id for two events, which no exchange should bring about.
  void add_with_id(const std::string& exec_id) {
    rc::Outbox outbox(*storage_);
    storage_->begin();
    rc::FillRow fill;
    fill.account = "alice";
    fill.symbol = "KXBTCPERP";
    fill.last_mkt = "0";
    fill.exec_id = exec_id;
    outbox.begin_record(Timestamp(std::chrono::microseconds(1)));
    outbox.execution(fill, true);
    outbox.write();
    storage_->commit();
  }
  void published(std::int64_t number) {
    storage_->begin();
    rc::outbox_published(*storage_, number, Timestamp(std::chrono::microseconds(1)));
    storage_->commit();
  }
  rc::OutboxState state() { return rc::outbox_state(*storage_); }
  std::int64_t rows() { return rc::number(*storage_, "SELECT COUNT(*) FROM outbox"); }
  rc::Storage& storage() { return *storage_; }
  auto reading() const {
    return [path = path_]() -> Result<std::unique_ptr<rc::Storage>> {
      auto opened = rc::SqliteStorage::open_for_reading(path);
      if (!opened) return opened.error();
      return std::unique_ptr<rc::Storage>(std::move(*opened));
    };
  }

 private:
  std::string path_;
  std::unique_ptr<rc::SqliteStorage> storage_;
};

// Every event of 1..count, once, in order, each under an id of its own.
inline void expect_whole(const std::vector<rc::StreamMessage>& stored, std::int64_t count) {
  std::set<std::string> ids;
  std::vector<std::int64_t> numbers;
  for (const rc::StreamMessage& message : stored) {
    EXPECT_TRUE(ids.insert(message.id).second) << message.id << " twice";
    const std::string mark = "\"number\":\"";
    const std::size_t at = message.payload.find(mark);
    ASSERT_NE(at, std::string::npos) << message.payload;
    numbers.push_back(std::stoll(message.payload.substr(at + mark.size())));
  }
  ASSERT_EQ(static_cast<std::int64_t>(numbers.size()), count);
  for (std::size_t i = 0; i < numbers.size(); ++i) ASSERT_EQ(numbers[i], static_cast<std::int64_t>(i) + 1);
}

}  // namespace marginfix::test
