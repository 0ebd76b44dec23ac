// What is to be simulated, from its lines: what is written comes back, and what is wrong is named
// with its line.

#include "host/spec/spec.h"

#include "host/spec/options.h"
#include "test/support/check.h"

using namespace fdbkit;
using namespace fdbkit::test;

namespace {

constexpr char kAlphabet[] = "ab\t\n\\ =";

std::string escaped(const std::string& word) {
  std::string out;
  for (const char c : word) {
    out += c == '\t' ? "\\t" : c == '\n' ? "\\n" : c == '\\' ? "\\\\" : std::string(1, c);
  }
  return out;
}

void what_is_written_comes_back(uint64_t seed) {
  Random random(seed);
  std::string text;
  std::vector<host::TestSpec> written;
  for (int tests = random.between(1, 3); tests > 0; tests--) {
    host::TestSpec& test = written.emplace_back();
    test.title = random.bytes(6, kAlphabet);
    text += "test\t" + escaped(test.title) + "\n";
    test.client_count = random.between(1, 100);
    text += "set\tclientCount\t" + std::to_string(test.client_count) + "\n";
    test.run_setup = random.one_in(2);
    text += std::string("set\trunSetup\t") + (test.run_setup ? "true" : "false") + "\n";
    if (random.one_in(2)) text += "set\trunConsistencyCheck\tfalse\n\n";
    for (int workloads = random.below(3); workloads > 0; workloads--) {
      host::WorkloadSpec& workload = test.workloads.emplace_back();
      workload.test_name = random.bytes(6, kAlphabet);
      text += "workload\t" + escaped(workload.test_name) + "\n";
      for (int options = random.below(4); options > 0; options--) {
        const host::Option option{random.bytes(3, kAlphabet), random.bytes(9, kAlphabet)};
        workload.options.push_back(option);
        text += "option\t" + escaped(option.key) + "\t" + escaped(option.value) + "\n";
      }
    }
  }
  std::vector<host::TestSpec> read;
  std::string problem;
  CHECK(host::parse_spec(text, read, problem));
  CHECK_EQ(read.size(), written.size());
  for (size_t i = 0; i < read.size(); i++) {
    CHECK_EQ(read[i].title, written[i].title);
    CHECK_EQ(read[i].client_count, written[i].client_count);
    CHECK_EQ(read[i].run_setup, written[i].run_setup);
    CHECK_EQ(read[i].workloads.size(), written[i].workloads.size());
    for (size_t j = 0; j < read[i].workloads.size(); j++) {
      const auto& found = read[i].workloads[j];
      const auto& wanted = written[i].workloads[j];
      CHECK_EQ(found.test_name, wanted.test_name);
      CHECK_EQ(found.options.size(), wanted.options.size());
      for (size_t k = 0; k < found.options.size(); k++) {
        CHECK_EQ(found.options[k].key, wanted.options[k].key);
        CHECK_EQ(found.options[k].value, wanted.options[k].value);
      }
    }
  }
}

void refused(const std::string& text, const std::string& says) {
  std::vector<host::TestSpec> tests;
  std::string problem;
  CHECK(!host::parse_spec(text, tests, problem));
  if (problem.find(says) == std::string::npos) CHECK_EQ(problem, says);
}

void what_is_wrong_is_named() {
  refused("", "there is no test");
  refused("tset\ta\n",
          "line 1: a line begins with test, set, workload or option, not with \"tset\"");
  refused("test\ta\nset\ttimeout\n", "line 2: set has 2 words behind it, not 1");
  refused("test\ta\nset\ttimeout\tsoon\n", "timeout is a number of simulated seconds, not soon");
  refused("test\ta\nset\ttimeout\t0\n", "line 2: timeout");
  refused("test\ta\nset\tclientCount\t1.5\n",
          "line 2: clientCount is a whole number from 1 to 100");
  refused("test\ta\nset\tcolour\tred\n", "line 2: there is no setting colour of a test");
  refused("set\ttimeout\t5\n", "line 1: set comes before the first test");
  refused("test\ta\noption\tkey\tvalue\n", "line 2: option comes before the first workload");
  refused("test\ta\\x\n", "line 1: a backslash comes before t, n or another backslash");
  refused("test\ta\\", "line 1: a backslash");
}

void reading_takes_an_option() {
  host::Options options({{"a", "1"}, {"b", "two"}, {"c", "true"}});
  std::string problem;
  CHECK_EQ(options.take("none", "fallback"), std::string("fallback"));
  CHECK(options.take_number("a", 5, problem) == 1);
  CHECK(options.take_number("none", 5, problem) == 5);
  CHECK(problem.empty());
  CHECK(options.take_flag("c", false));
  const std::vector<host::Option> left = options.untaken();
  CHECK_EQ(left.size(), size_t{1});
  CHECK_EQ(left[0].key, std::string("b"));
  options.take_number("b", 5, problem);
  CHECK_EQ(problem, std::string("option b is a number, not two"));
  CHECK(options.untaken().empty());
}

}  // namespace

int main(int argc, char** argv) {
  what_is_wrong_is_named();
  reading_takes_an_option();
  return run(argc, argv, 300, what_is_written_comes_back);
}
