// What work reads and writes: its pages are out of reach until it asks for them.
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>
#include <csignal>
#include <stdexcept>

#include "tests/emulated/machine.h"

namespace emulated {

#ifdef __x86_64__

namespace {

constexpr greg_t kIsWrite = 2;  // a bit of the error code of a page fault

const Memory* watched = nullptr;  // under the machine's lock
Memory::Touched touched;

/// Opens the page, for reading alone as long as nothing writes; so a page faults at most twice.
void on_fault(int, siginfo_t* info, void* context) {
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  const auto at = reinterpret_cast<std::uintptr_t>(info->si_addr);
  if (watched->where(info->si_addr, 1) < 0) {
    std::signal(SIGSEGV, SIG_DFL);  // a fault of the program's own: it comes again
    return;
  }
  const bool writes = (static_cast<ucontext_t*>(context)->uc_mcontext.gregs[REG_ERR] & kIsWrite) != 0;
  (writes ? touched.n_written : touched.n_read) += static_cast<std::int64_t>(page);
  mprotect(reinterpret_cast<void*>(at / page * page), page, writes ? PROT_READ | PROT_WRITE : PROT_READ);
}

}  // namespace

Memory::Touched Memory::touched_by(const std::function<void()>& work) const {
  struct sigaction handler {
  }, before{};
  handler.sa_sigaction = on_fault;
  handler.sa_flags = SA_SIGINFO;
  watched = this;
  touched = {};
  set_access_of_device(PROT_NONE);
  sigaction(SIGSEGV, &handler, &before);
  work();
  sigaction(SIGSEGV, &before, nullptr);
  set_access_of_device(PROT_READ | PROT_WRITE);
  return touched;
}

#else

Memory::Touched Memory::touched_by(const std::function<void()>&) const {
  return {};  // watch_traffic refuses
}

#endif

void watch_traffic() {
#ifndef __x86_64__
  throw std::runtime_error("traffic is counted on x86-64 only");
#endif
  Machine& m = machine();
  const std::lock_guard lock(m.mutex);
  m.watches = true;
}

std::vector<Traffic> traffic() {
  Machine& m = machine();
  const std::lock_guard lock(m.mutex);
  return m.traffic;
}

}  // namespace emulated
