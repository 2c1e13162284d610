// DropCopySession: what KalshiDC sends, to the ranges asked for and to the handlers. Source: fix-margin.md "Drop copy".
#include "sessions/client/drop_copy_ranges.hpp"
#include "sessions/client/session_factory.hpp"

namespace marginfix {

namespace {
constexpr std::size_t kSentRequests = 256;
}  // namespace

class DropCopySession::Core final : public sessions::SessionCore {
 public:
  Core(SessionConfig config, SessionFactory::Context context)
      : SessionCore(std::move(config), std::move(context), kSentRequests), ranges_(*this, false) {}

  void set_handlers(DropCopyHandlers handlers) {
    install([this, handlers = std::move(handlers)]() mutable { handlers_ = std::move(handlers); });
  }
  void set_policy(DropCopyPolicy policy) {
    install([this, policy] { ranges_.set_policy(policy); });
  }
  Result<std::uint64_t> request(DropCopyRange range, DropCopyCallback done) { return ranges_.request(std::move(range), std::move(done)); }

 private:
  SessionHandlers& common() noexcept override { return handlers_; }

  void receive(Inbound& in) override {
    if (in.msg_type == fix::ExecutionReport::kMsgType) {
      if (decode(in, report_) && ranges_.on_report(report_)) call(handlers_.on_execution_report, std::as_const(report_), std::as_const(in));
    } else if (in.msg_type == fix::EventResendComplete::kMsgType) {
      if (decode(in, complete_)) ranges_.on_complete(complete_);
    } else if (in.msg_type == fix::EventResendReject::kMsgType) {
      if (decode(in, reject_)) ranges_.on_reject(reject_);
    } else {
      unknown_type(in);
    }
  }

  void transmitted(const SentMessage& sent) override {
    if (sent.msg_type == fix::EventResendRequest::kMsgType) ranges_.on_transmitted(sent);
  }
  void dropped(const NotSent& what) override { ranges_.on_dropped(what); }
  void refused_by_exchange(std::int64_t ref_seq, const SentMessage*, const Error& error) override { ranges_.on_refused(ref_seq, error); }
  void logged_on() override { ranges_.on_logged_on(); }
  void lost(EndReason) override { ranges_.on_lost(); }
  void ended(EndReason) override { ranges_.on_ended(); }

  DropCopyHandlers handlers_;
  fix::ExecutionReport report_;
  fix::EventResendComplete complete_;
  fix::EventResendReject reject_;
  sessions::DropCopyRanges ranges_;
};

DropCopySession::DropCopySession(std::unique_ptr<Core> session) : FixSession(std::move(session)) {}
DropCopySession::~DropCopySession() = default;

void DropCopySession::set_handlers(DropCopyHandlers handlers) { static_cast<Core&>(core()).set_handlers(std::move(handlers)); }
void DropCopySession::set_policy(DropCopyPolicy policy) { static_cast<Core&>(core()).set_policy(policy); }

Result<std::uint64_t> DropCopySession::request(DropCopyRange range, DropCopyCallback done) {
  return static_cast<Core&>(core()).request(std::move(range), std::move(done));
}

std::unique_ptr<DropCopySession> SessionFactory::drop_copy(SessionConfig config, Context context) {
  return std::unique_ptr<DropCopySession>(
      new DropCopySession(std::make_unique<DropCopySession::Core>(std::move(config), std::move(context))));
}

}  // namespace marginfix
