// Records for tests.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "services/reconcile/journal/record.hpp"

namespace marginfix::reconcile::test {

inline Record told(std::string body, RecordKind kind = RecordKind::fix) {
  Record record;
  record.kind = kind;
  record.source = Source::listener;
  record.received = Timestamp(std::chrono::microseconds(1'764'525'600'000'001));
  record.account = "alice";
  record.body = std::move(body);
  return record;
}
inline std::vector<Record> tell(int from, int to) {
  std::vector<Record> batch;
  for (int i = from; i < to; ++i) batch.push_back(told("13768;" + std::to_string(i)));
  return batch;
}

}  // namespace marginfix::reconcile::test
