#include "sim/remembered_ports.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <map>
#include <string_view>

#include "sim/keys/keys.hpp"

namespace marginfix::sim {
namespace {

constexpr const char* kFile = "ports.conf";

struct NamedPort {
  const char* key;
  const char* door;
  std::uint16_t SimulatorPorts::*port;
};
constexpr NamedPort kPorts[] = {{"port_nr", "KalshiNR", &SimulatorPorts::nr},      {"port_rt", "KalshiRT", &SimulatorPorts::rt},
                                {"port_dc", "KalshiDC", &SimulatorPorts::dc},      {"port_md", "KalshiMD", &SimulatorPorts::md},
                                {"port_rest", "REST", &SimulatorPorts::rest},      {"port_klear", "Klear", &SimulatorPorts::klear},
                                {"port_ws", "the WebSocket", &SimulatorPorts::ws}, {"port_control", "control", &SimulatorPorts::control}};

// `key = number` lines; what is not one is passed over: the file is a convenience.
std::map<std::string, std::uint16_t, std::less<>> read_ports(const std::filesystem::path& file) {
  std::map<std::string, std::uint16_t, std::less<>> ports;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    const auto equals = line.find(" = ");
    if (equals == std::string::npos) continue;
    std::uint16_t port = 0;
    const char* const end = line.data() + line.size();
    if (std::from_chars(line.data() + equals + 3, end, port).ptr == end) ports[line.substr(0, equals)] = port;
  }
  return ports;
}

// Bound and let go again: as free as one can know before the door itself opens.
bool is_free(const std::string& host, std::uint16_t port) {
  namespace asio = boost::asio;
  asio::io_context io;
  boost::system::error_code error;
  const auto address = asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, error);
  if (error) return true;  // the door says what is wrong with the host
  asio::ip::tcp::acceptor acceptor(io);
  const asio::ip::tcp::endpoint place(address, port);
  acceptor.open(place.protocol(), error);
  if (!error) acceptor.set_option(asio::ip::tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(place, error);
  if (!error) acceptor.listen(1, error);
  return !error;
}

}  // namespace

SimulatorPorts remembered_ports(const std::filesystem::path& dir, const std::string& host, const SimulatorPorts& asked,
                                std::vector<std::string>& notes) {
  SimulatorPorts ports = asked;
  const auto before = read_ports(dir / kFile);
  for (const NamedPort& named : kPorts) {
    const auto remembered = before.find(named.key);
    if (asked.*named.port != 0 || remembered == before.end() || remembered->second == 0) continue;
    if (is_free(named.port == &SimulatorPorts::control ? "127.0.0.1" : host, remembered->second)) {
      ports.*named.port = remembered->second;
      continue;
    }
    notes.push_back("port " + std::to_string(remembered->second) + ", where " + named.door +
                    " was before, is taken by another process: another one is chosen");
  }
  return ports;
}

Result<void> remember_ports(const std::filesystem::path& dir, const SimulatorPorts& ports) {
  std::string text =
      "# Where the doors of this simulated exchange are; taken again at the next start. Delete it to have them chosen anew.\n";
  for (const NamedPort& named : kPorts) text += std::string(named.key) + " = " + std::to_string(ports.*named.port) + "\n";
  return write_file(dir / kFile, text, false);
}

}  // namespace marginfix::sim
