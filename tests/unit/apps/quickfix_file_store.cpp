// Compiled as QuickFIX's headers ask for, without anything of ours.
#include "unit/apps/quickfix_file_store.hpp"

#ifndef EXCEPT
#pragma GCC diagnostic ignored "-Wdeprecated"
#endif
#include <quickfix/FileStore.h>

namespace marginfix_tests {

namespace {
FIX::SessionID session() { return FIX::SessionID(FIX::BeginString("FIXT.1.1"), FIX::SenderCompID("KEY"), FIX::TargetCompID("KalshiRT")); }
}  // namespace

struct QuickfixFileStore::Impl {
#ifdef EXCEPT  // QuickFIX 1.16
  explicit Impl(const std::string& folder) : store(FIX::UtcTimeStamp::now(), folder, session()) {}
  void reset() { store.reset(FIX::UtcTimeStamp::now()); }
#else
  explicit Impl(const std::string& folder) : store(folder, session()) {}
  void reset() { store.reset(); }
#endif
  FIX::FileStore store;
};

QuickfixFileStore::QuickfixFileStore(const std::string& folder) : impl_(new Impl(folder)) {}
QuickfixFileStore::~QuickfixFileStore() = default;

void QuickfixFileStore::send(int seq, const std::string& message) {
  store(seq, message);
  impl_->store.incrNextSenderMsgSeqNum();
}
void QuickfixFileStore::store(int seq, const std::string& message) { impl_->store.set(seq, message); }
void QuickfixFileStore::set_next_target(int seq) { impl_->store.setNextTargetMsgSeqNum(seq); }
void QuickfixFileStore::set_next_sender(int seq) { impl_->store.setNextSenderMsgSeqNum(seq); }
void QuickfixFileStore::reset() { impl_->reset(); }
int QuickfixFileStore::next_sender() const { return static_cast<int>(impl_->store.getNextSenderMsgSeqNum()); }
int QuickfixFileStore::next_target() const { return static_cast<int>(impl_->store.getNextTargetMsgSeqNum()); }
std::vector<std::string> QuickfixFileStore::messages() const {
  std::vector<std::string> all;
  impl_->store.get(1, next_sender(), all);
  return all;
}

}  // namespace marginfix_tests
