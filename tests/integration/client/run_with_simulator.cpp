// Starts a simulated exchange in a folder of its own and runs a program with the path of its endpoints.json: how examples are tested.
#include <spawn.h>
#include <sys/wait.h>

#include <cstdlib>
#include <iostream>

#include "sim/simulator.hpp"
#include "support/temp_folder.hpp"

extern char** environ;

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: run_with_simulator PROGRAM\n";
    return 2;
  }
  const marginfix::test::TempFolder folder;
  marginfix::sim::SimulatorOptions options;
  options.dir = folder.path("sim");
  marginfix::sim::Simulator simulator(options);
  if (const auto started = simulator.start(); !started) {
    std::cerr << started.error().message << '\n';
    return 1;
  }
  std::string endpoints = folder.path("sim/endpoints.json");
  char* const arguments[] = {argv[1], endpoints.data(), nullptr};
  pid_t child{};
  if (posix_spawn(&child, argv[1], nullptr, nullptr, arguments, environ) != 0) {
    std::cerr << "cannot run " << argv[1] << '\n';
    return 1;
  }
  int status = 0;
  waitpid(child, &status, 0);
  simulator.stop();
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
