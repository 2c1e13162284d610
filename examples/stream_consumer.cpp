// Follows the stream of a reconciliation service with the NATS C client alone (Debian: libnats-dev):
//   stream_consumer nats://127.0.0.1:4222 [COUNT]
// Prints each execution once. What every consumer does stands in it: begin where one was (a real one keeps `sequence` beside its own
// data), take each message id once, look at `schema`, read prices and quantities as texts. docs/stream.md explains the members.
#include <nats/nats.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <unordered_set>

namespace {

// A member of an event that is a text; a real consumer has its own JSON library.
std::string member(const std::string& event, const std::string& name) {
  const std::string mark = '"' + name + "\":\"";
  const std::size_t at = event.find(mark);
  if (at == std::string::npos) return {};
  const std::size_t begin = at + mark.size();
  return event.substr(begin, event.find('"', begin) - begin);
}

bool failed(natsStatus status, const char* what) {
  if (status == NATS_OK) return false;
  std::cerr << what << ": " << natsStatus_GetText(status) << '\n';
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "stream_consumer nats://127.0.0.1:4222 [COUNT]\n";
    return 1;
  }
  const std::uint64_t count = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 0;
  natsConnection* connection = nullptr;
  jsCtx* stream = nullptr;
  natsSubscription* subscription = nullptr;
  if (failed(natsConnection_ConnectTo(&connection, argv[1]), "no connection")) return 1;
  if (failed(natsConnection_JetStream(&stream, connection, nullptr), "no JetStream")) return 1;
  jsSubOptions options;
  jsSubOptions_Init(&options);
  options.Stream = "MARGINFIX";
  options.Ordered = true;                        // in order, through a reconnection too
  options.Config.DeliverPolicy = js_DeliverAll;  // or js_DeliverByStartSequence with OptStartSeq: where one was
  const char* const executions = "marginfix.execution.>";
  if (failed(js_SubscribeSync(&subscription, stream, executions, nullptr, &options, nullptr), "no stream MARGINFIX")) return 1;

  std::unordered_set<std::string> seen;
  for (std::uint64_t printed = 0; count == 0 || printed < count;) {
    natsMsg* message = nullptr;
    const natsStatus status = natsSubscription_NextMsg(&message, subscription, 1000);
    if (status == NATS_TIMEOUT) continue;
    if (failed(status, "the stream ended")) break;
    const char* id = nullptr;
    natsMsgHeader_Get(message, "Nats-Msg-Id", &id);
    const std::string event(natsMsg_GetData(message), static_cast<std::size_t>(natsMsg_GetDataLength(message)));
    const bool is_new = id == nullptr || seen.insert(id).second;
    natsMsg_Destroy(message);
    if (!is_new) continue;
    if (member(event, "schema") != "marginfix.stream.1") {
      std::cerr << "an event of another schema: this program must be brought up to date\n";
      break;
    }
    std::cout << member(event, "account") << ' ' << member(event, "symbol") << ' ' << member(event, "side") << ' '
              << member(event, "quantity") << " at " << member(event, "price") << " ExecID " << member(event, "exec_id") << std::endl;
    ++printed;
  }
  natsSubscription_Destroy(subscription);
  jsCtx_Destroy(stream);
  natsConnection_Destroy(connection);
  return 0;
}
