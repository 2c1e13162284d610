#include "sim/doors/http/faults.hpp"

#include <algorithm>

namespace marginfix::sim {

std::optional<HttpFault> HttpFaults::take(std::string_view method, std::string_view path) {
  const auto found = std::ranges::find_if(
      faults_, [&](const HttpFault& fault) { return (fault.method.empty() || fault.method == method) && path.starts_with(fault.path); });
  if (found == faults_.end()) return std::nullopt;
  HttpFault fault = *found;
  if (--found->count <= 0) faults_.erase(found);
  return fault;
}

HttpReply spoil(const HttpFault& fault, HttpReply reply) {
  switch (fault.kind) {
    case HttpFault::Kind::Answer:
    case HttpFault::Kind::AnswerAfter:
      return fault.reply;
    case HttpFault::Kind::Delay:
      reply.delay = fault.delay;
      break;
    case HttpFault::Kind::Cut:
      reply.ending = HttpEnding::CutBody;
      break;
    case HttpFault::Kind::CloseBefore:
    case HttpFault::Kind::CloseAfter:
      reply.ending = HttpEnding::Unanswered;
      break;
  }
  return reply;
}

}  // namespace marginfix::sim
