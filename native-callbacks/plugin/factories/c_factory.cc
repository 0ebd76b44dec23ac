// `workloadCFactory`: both interfaces in C.
#include <cstdint>

#include "plugin/abi/older_abi.h"
#include "plugin/factories/refuse.h"
#include "plugin/factories/workload.h"

namespace fdbkit::plugin {
namespace {

// A version of the interface is a small number; where the older one has a pointer, it is none.
constexpr uint32_t kMostVersions = 16;

void make(void* result, const char* name, const Context& context) {
  if (context.api_version != kWorkloadApiVersion) refuse("its version is not 1");
  *static_cast<Workload*>(result) = make_workload(name, context);
}

void make_older(void* result, const char* name, const older::Context& context) {
  const bool is_whole = context.inner != nullptr && context.trace != nullptr &&
                        context.get_process != nullptr && context.set_process != nullptr;
  if (!is_whole) refuse("its context is neither that of 7.4.0 nor that of 7.4.6");
  const Workload today = make_workload(name, older::wrap(context));
  *static_cast<older::Workload*>(result) = older::wrap(today.inner, today.table);
}

}  // namespace
}  // namespace fdbkit::plugin

// The context as either server has it: what it begins with tells which, and is read first. The
// answer goes to the caller's memory, which has room for its own kind of workload and no more.
extern "C" __attribute__((visibility("hidden"))) void* fdbkit_make_workload(void* result,
                                                                            const char* name,
                                                                            const void* context) {
  using namespace fdbkit::plugin;
  const uint32_t first = *static_cast<const uint32_t*>(context);
  if (first != 0 && first < kMostVersions) {
    make(result, name, *static_cast<const Context*>(context));
  } else {
    make_older(result, name, *static_cast<const older::Context*>(context));
  }
  return result;
}

// As the compiler calls `Workload workloadCFactory(const char*, Context)`, for both sizes of both:
// structs of more than two words are passed and returned in memory. On x86-64 the memory of the
// result is the first argument, and the context lies on the stack; on arm64 they are x8, and a
// pointer to a copy.
#if defined(__x86_64__)
struct OnStack {
  void* words[sizeof(fdbkit::plugin::older::Context) / sizeof(void*)];
};
extern "C" __attribute__((visibility("default"))) void* workloadCFactory(void* result,
                                                                         const char* name,
                                                                         OnStack context) {
  return fdbkit_make_workload(result, name, &context);
}
#elif defined(__aarch64__)
asm(R"(
  .text
  .globl workloadCFactory
  .type workloadCFactory, %function
workloadCFactory:
  mov x2, x1
  mov x1, x0
  mov x0, x8
  b fdbkit_make_workload
  .size workloadCFactory, .-workloadCFactory
)");
#else
#error "how this processor passes structs is not known here"
#endif
