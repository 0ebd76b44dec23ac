#include "engine/database/connection_string.h"

#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <vector>

namespace fdbkit::engine {

namespace {

constexpr const char* kDefaultConnectionString = "embedded:embedded@127.0.0.1:4500";
#ifdef __APPLE__
constexpr const char* kSystemClusterFile = "/usr/local/etc/foundationdb/fdb.cluster";
#else
constexpr const char* kSystemClusterFile = "/etc/foundationdb/fdb.cluster";
#endif
constexpr std::streamsize kMaxClusterFileBytes = 60000;

ConnectionRecord failed(ErrorCode code) { return {"", "", code}; }

bool file_exists(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0;
}

std::string without_comments_and_blanks(std::string_view text) {
  std::string result;
  bool in_comment = false;
  for (char c : text) {
    if (c == '#') in_comment = true;
    if (c == '\n' || c == '\r') in_comment = false;
    if (!in_comment && std::isspace(static_cast<unsigned char>(c)) == 0) result.push_back(c);
  }
  return result;
}

bool is_word(std::string_view text, bool underscore) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](unsigned char c) {
    return std::isalnum(c) != 0 || (underscore && c == '_');
  });
}

bool is_port(std::string_view text) {
  if (text.empty() || text.size() > 5) return false;
  if (!std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; }))
    return false;
  int port = std::stoi(std::string(text));
  return port > 0 && port <= 65535;
}

// host:port or [v6]:port, with an optional :tls.
bool is_address(std::string_view text) {
  constexpr std::string_view kTls = ":tls";
  if (text.size() > kTls.size() && text.substr(text.size() - kTls.size()) == kTls) {
    text.remove_suffix(kTls.size());
  }
  std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || !is_port(text.substr(colon + 1))) return false;
  std::string_view host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
    return std::all_of(host.begin(), host.end(), [](unsigned char c) {
      return std::isxdigit(c) != 0 || c == ':' || c == '.';
    });
  }
  return !host.empty() && std::all_of(host.begin(), host.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '-' || c == '_';
  });
}

bool is_connection_string(std::string_view text) {
  std::size_t at = text.find('@');
  if (at == std::string_view::npos) return false;
  std::string_view name = text.substr(0, at);
  std::size_t colon = name.find(':');
  if (colon == std::string_view::npos) return false;
  if (!is_word(name.substr(0, colon), true) || !is_word(name.substr(colon + 1), false))
    return false;
  std::string_view addresses = text.substr(at + 1);
  std::vector<std::string_view> seen;
  while (true) {
    std::size_t comma = addresses.find(',');
    std::string_view address = addresses.substr(0, comma);
    if (!is_address(address)) return false;
    if (std::find(seen.begin(), seen.end(), address) != seen.end()) return false;
    seen.push_back(address);
    if (comma == std::string_view::npos) return true;
    addresses.remove_prefix(comma + 1);
  }
}

}  // namespace

std::vector<std::string> coordinators(const std::string& connection_string) {
  std::vector<std::string> addresses;
  std::size_t from = connection_string.find('@') + 1;
  while (true) {
    std::size_t comma = connection_string.find(',', from);
    addresses.push_back(connection_string.substr(from, comma - from));
    if (comma == std::string::npos) return addresses;
    from = comma + 1;
  }
}

ConnectionRecord record_from_string(std::string_view text) {
  std::string normalised = without_comments_and_blanks(text);
  if (!is_connection_string(normalised)) return failed(Error::kConnectionStringInvalid);
  return {normalised, "memory", Error::kSuccess};
}

ConnectionRecord record_from_file(const std::string& path) {
  std::string file = path;
  if (file.empty()) {
    const char* from_environment = std::getenv("FDB_CLUSTER_FILE");
    if (from_environment != nullptr) {
      file = from_environment;
    } else if (file_exists("fdb.cluster")) {
      file = "fdb.cluster";
    } else if (file_exists(kSystemClusterFile)) {
      file = kSystemClusterFile;
    } else {
      return {kDefaultConnectionString, "", Error::kSuccess};
    }
  }
  if (!file_exists(file)) return failed(Error::kNoClusterFileFound);
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return failed(Error::kFileNotReadable);
  std::string content(kMaxClusterFileBytes, '\0');
  stream.read(content.data(), kMaxClusterFileBytes);
  content.resize(static_cast<std::size_t>(stream.gcount()));
  ConnectionRecord record = record_from_string(content);
  record.location = file;
  return record;
}

}  // namespace fdbkit::engine
