#include "engine/cluster/content.h"

namespace fdbkit::engine {

namespace {

constexpr data::Bytes kMagic = data::literal("fdbkit content 1\n");
constexpr uint8_t kSpace = 1;
constexpr uint8_t kEnd = 0;
constexpr int kChecksumBytes = 8;

// FNV-1a: what was cut short or changed is no content. Nobody forges one.
uint64_t checksum(data::Bytes bytes) {
  uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3ULL;
  return hash;
}

class Reader {
 public:
  explicit Reader(data::Bytes bytes) : rest_(bytes) {}

  bool good() const { return good_; }
  bool at_end() const { return rest_.empty(); }

  uint64_t number(int bytes) {
    uint64_t value = 0;
    for (const char byte : take(static_cast<std::size_t>(bytes)))
      value = value << 8 | static_cast<unsigned char>(byte);
    return value;
  }
  data::Bytes run() { return take(number(4)); }
  std::optional<data::Bytes> optional_run() {
    if (number(1) == 0) return std::nullopt;
    return run();
  }

  // Where it ends up empty-handed, nothing more is there.
  data::Bytes take(std::size_t bytes) {
    good_ = good_ && bytes <= rest_.size();
    if (!good_) return {};
    data::Bytes taken = rest_.substr(0, bytes);
    rest_.remove_prefix(bytes);
    return taken;
  }

 private:
  data::Bytes rest_;
  bool good_ = true;
};

bool read_rows(Reader& in, SpaceContent& space) {
  const uint64_t count = in.number(8);
  for (uint64_t i = 0; i < count && in.good(); i++) {
    const data::Bytes key = in.run();
    const data::Bytes value = in.run();
    if (!in.good() || key >= data::kSystemKeysEnd || value.size() > data::kValueSizeLimit)
      return false;
    if (!space.rows.empty() && key <= space.rows.back().first) return false;
    space.rows.emplace_back(key, value);
  }
  return in.good();
}

// The cluster's own data come first and once; tenants ascend.
bool in_order(const std::vector<SpaceContent>& spaces, const SpaceContent& next) {
  if (spaces.empty()) return !next.tenant;
  if (!next.tenant) return false;
  return !spaces.back().tenant || *spaces.back().tenant < *next.tenant;
}

}  // namespace

bool belongs_to_cluster(data::Bytes key) {
  return key == kFirstShard || key == kCoordinators || key == kMetadataVersionKey;
}

ContentWriter::ContentWriter() : out_(kMagic) {}

void ContentWriter::number(uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    out_ += static_cast<char>(value >> shift & 0xff);
}

void ContentWriter::run(data::Bytes bytes) {
  number(bytes.size(), 4);
  out_ += bytes;
}

void ContentWriter::optional_run(const std::optional<data::Bytes>& bytes) {
  number(bytes ? 1 : 0, 1);
  if (bytes) run(*bytes);
}

void ContentWriter::add(std::optional<data::Bytes> tenant, std::optional<data::Bytes> group,
                        const data::VersionedStore& store, data::Version version) {
  number(kSpace, 1);
  optional_run(tenant);
  optional_run(group);
  const std::size_t count_at = out_.size();
  number(0, 8);
  uint64_t count = 0;
  data::VersionedStore::Cursor at = store.cursor(version);
  for (at.seek({}); at.valid(); at.next()) {
    if (belongs_to_cluster(at.key())) continue;
    run(at.key());
    run(at.value());
    count++;
  }
  for (int i = 0; i < 8; i++)
    out_[count_at + static_cast<std::size_t>(i)] = static_cast<char>(count >> (56 - 8 * i) & 0xff);
}

std::string ContentWriter::take() {
  number(kEnd, 1);
  number(checksum(out_), kChecksumBytes);
  return std::move(out_);
}

std::optional<std::vector<SpaceContent>> read_content(data::Bytes bytes) {
  if (bytes.size() < kMagic.size() + kChecksumBytes || !bytes.starts_with(kMagic))
    return std::nullopt;
  const data::Bytes body = bytes.substr(0, bytes.size() - kChecksumBytes);
  if (Reader(bytes.substr(body.size())).number(kChecksumBytes) != checksum(body))
    return std::nullopt;
  Reader in(body.substr(kMagic.size()));
  std::vector<SpaceContent> spaces;
  while (in.number(1) == kSpace) {
    SpaceContent space;
    space.tenant = in.optional_run();
    space.group = in.optional_run();
    if (!in.good() || !in_order(spaces, space) || !read_rows(in, space)) return std::nullopt;
    spaces.push_back(std::move(space));
  }
  if (!in.good() || !in.at_end() || spaces.empty()) return std::nullopt;
  return spaces;
}

}  // namespace fdbkit::engine
