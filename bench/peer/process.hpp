// What the system says of this process.
#pragma once

namespace marginfix::bench {

double cpu_us();         // user and system, all threads, microseconds
double thread_cpu_ns();  // of the calling thread
long resident_kb();

}  // namespace marginfix::bench
