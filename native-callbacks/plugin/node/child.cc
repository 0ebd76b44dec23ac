#include "plugin/node/child.h"

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <vector>

extern char** environ;

namespace fdbkit::plugin {
namespace {

// The descriptor that the child finds the memory at, known to
// src/simulation/bridge/bridge-memory.ts.
constexpr int kMemoryDescriptor = 3;

std::string setting(const char* name) {
  const char* value = getenv(name);
  return value == nullptr ? "" : value;
}

std::string find_on_path(const char* program) {
  const std::string path = setting("PATH");
  size_t begin = 0;
  while (begin <= path.size()) {
    size_t end = path.find(':', begin);
    if (end == std::string::npos) end = path.size();
    const std::string candidate = path.substr(begin, end - begin) + "/" + program;
    if (access(candidate.c_str(), X_OK) == 0) return candidate;
    begin = end + 1;
  }
  return "";
}

// dist/simulation/main.js of the package that this library is built in.
std::string own_main() {
  Dl_info info;
  char resolved[PATH_MAX];
  if (dladdr(reinterpret_cast<void*>(&own_main), &info) == 0) return "";
  if (realpath(info.dli_fname, resolved) == nullptr) return "";
  std::string folder = resolved;
  for (int up = 0; up < 3; up++) folder.resize(folder.rfind('/'));
  return folder + "/dist/simulation/main.js";
}

bool has_prefix(const char* text, const char* prefix) {
  return strncmp(text, prefix, strlen(prefix)) == 0;
}

// What would change how Node starts, or what a workload sees, does not pass.
std::vector<char*> child_environment() {
  static char utc[] = "TZ=UTC";
  static char language[] = "LC_ALL=C";
  std::vector<char*> result;
  for (char** entry = environ; *entry != nullptr; entry++) {
    if (has_prefix(*entry, "NODE_") || has_prefix(*entry, "LD_PRELOAD=") ||
        has_prefix(*entry, "TZ=") || has_prefix(*entry, "LC_") || has_prefix(*entry, "LANG")) {
      continue;
    }
    result.push_back(*entry);
  }
  result.push_back(utc);
  result.push_back(language);
  result.push_back(nullptr);
  return result;
}

// Between fork and exec: system calls only.
void become_child(int memory, pid_t parent, char* const* arguments, char* const* environment) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  const int nothing = open("/dev/null", O_RDONLY);
  if (nothing < 0 || dup2(nothing, 0) < 0 || dup2(2, 1) < 0) _exit(1);
  // dup2 onto itself would keep close-on-exec.
  if (memory == kMemoryDescriptor) {
    if (fcntl(memory, F_SETFD, 0) < 0) _exit(1);
  } else if (dup2(memory, kMemoryDescriptor) < 0) {
    _exit(1);
  }
  if (syscall(SYS_close_range, kMemoryDescriptor + 1, ~0u, 0) != 0) {
    const long most = sysconf(_SC_OPEN_MAX);
    for (int fd = kMemoryDescriptor + 1; fd < most; fd++) close(fd);
  }
  execve(arguments[0], arguments, environment);
  _exit(127);
}

// FDBKIT_SIM_PARENT: who started this simulator, which ends with it, whatever ends that. Node ends
// with this one in turn.
void end_with_parent() {
  const std::string parent = setting("FDBKIT_SIM_PARENT");
  if (parent.empty()) return;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != static_cast<pid_t>(atol(parent.c_str()))) _exit(1);
}

// All threads of a process: what it starts later is where they are.
void pin_threads(pid_t process, const cpu_set_t& set) {
  const std::string folder = "/proc/" + std::to_string(process) + "/task";
  DIR* const threads = opendir(folder.c_str());
  if (threads == nullptr) return;
  while (const dirent* thread = readdir(threads)) {
    const pid_t number = static_cast<pid_t>(atol(thread->d_name));
    if (number > 0) sched_setaffinity(number, sizeof set, &set);
  }
  closedir(threads);
}

}  // namespace

bool Child::start(int descriptor, std::string& problem) {
  end_with_parent();
  std::string node = setting("FDBKIT_SIM_NODE");
  if (node.empty()) node = find_on_path("node");
  if (node.empty()) {
    problem = "there is no node on the PATH; FDBKIT_SIM_NODE names it";
    return false;
  }
  std::string main = setting("FDBKIT_SIM_MAIN");
  if (main.empty()) main = own_main();
  if (access(main.c_str(), R_OK) != 0) {
    problem = "there is no " + main + "; FDBKIT_SIM_MAIN names it";
    return false;
  }
  // Fixed seeds: V8 draws others at each start. The modules of the author are instantiated for each
  // client, which Node has behind a flag.
  std::vector<std::string> texts = {node,
                                    "--hash-seed=1",
                                    "--random-seed=1",
                                    "--no-warnings",
                                    "--experimental-vm-modules",
                                    "--experimental-import-meta-resolve"};
  texts.push_back(main);
  std::vector<char*> arguments;
  for (std::string& text : texts) arguments.push_back(text.data());
  arguments.push_back(nullptr);
  std::vector<char*> environment = child_environment();
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ == 0) become_child(descriptor, parent, arguments.data(), environment.data());
  if (pid_ > 0) return true;
  problem = std::string("fork: ") + strerror(errno);
  return false;
}

bool Child::pin() {
  const std::string wanted = setting("FDBKIT_SIM_CPU");
  if (wanted.empty()) return false;
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<unsigned>(atoi(wanted.c_str())) % CPU_SETSIZE, &set);
  if (sched_setaffinity(0, sizeof set, &set) != 0) return false;
  if (pid_ > 0) pin_threads(pid_, set);
  return true;
}

double Child::processor_seconds() const {
  clockid_t clock;
  timespec time{};
  if (pid_ < 0 || clock_getcpuclockid(pid_, &clock) != 0) return 0;
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

bool Child::lives(std::string& problem) {
  if (pid_ < 0) {
    problem = "node does not run";
    return false;
  }
  int status = 0;
  const pid_t ended = waitpid(pid_, &status, WNOHANG);
  if (ended == 0) return true;
  pid_ = -1;
  if (ended > 0 && WIFSIGNALED(status)) {
    problem = "node was ended by signal " + std::to_string(WTERMSIG(status));
  } else {
    problem = "node exited with code " + std::to_string(WEXITSTATUS(status));
  }
  return false;
}

void Child::kill() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

}  // namespace fdbkit::plugin
