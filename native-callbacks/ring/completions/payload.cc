#include "ring/completions/payload.h"

#include <cstring>

namespace fdbkit::ring {
namespace {

// Adds up what a row needs.
class Measure {
 public:
  void number(int) { size_ += sizeof(int); }
  void part(Bytes, int length) { size_ += static_cast<int64_t>(sizeof(int)) + length; }
  int64_t size() const { return size_; }

 private:
  int64_t size_ = 0;
};

// Writes the numbers and lengths of a row.
class Heads {
 public:
  explicit Heads(uint8_t* out) : out_(out) {}
  void number(int value) {
    memcpy(out_, &value, sizeof value);
    out_ += sizeof value;
  }
  void part(Bytes, int length) { number(length); }
  uint8_t* end() const { return out_; }

 private:
  uint8_t* out_;
};

// Writes the bytes of a row.
class Bodies {
 public:
  explicit Bodies(uint8_t* out) : out_(out) {}
  void number(int) {}
  void part(Bytes bytes, int length) {
    if (length > 0) memcpy(out_, bytes, static_cast<size_t>(length));
    out_ += length;
  }

 private:
  uint8_t* out_;
};

template <class Visitor>
void visit(Visitor& visitor, const Key& key) {
  visitor.part(key.key, key.length);
}

template <class Visitor>
void visit(Visitor& visitor, const KeyValue& pair) {
  visitor.part(pair.key, pair.key_length);
  visitor.part(pair.value, pair.value_length);
}

template <class Visitor>
void visit(Visitor& visitor, const KeyRange& range) {
  visitor.part(range.begin, range.begin_length);
  visitor.part(range.end, range.end_length);
}

template <class Visitor>
void visit(Visitor& visitor, const GranuleSummary& summary) {
  visit(visitor, summary.range);
  visitor.part(reinterpret_cast<Bytes>(summary.numbers), sizeof summary.numbers);
}

template <class Visitor>
void visit(Visitor& visitor, const GranuleFile& file) {
  visitor.number(file.encryption.present);
  visitor.part(file.name, file.name_length);
  visitor.part(reinterpret_cast<Bytes>(file.numbers), sizeof file.numbers);
}

template <class Visitor>
void visit(Visitor& visitor, const GranuleMutation& mutation) {
  visitor.number(mutation.type);
  visitor.part(reinterpret_cast<Bytes>(&mutation.version), sizeof mutation.version);
  visitor.part(mutation.first, mutation.first_length);
  visitor.part(mutation.second, mutation.second_length);
}

// 9 numbers and lengths, 3 for each delta file, 4 for each mutation. Absent parts are not read.
template <class Visitor>
void visit(Visitor& visitor, const GranuleDescription& granule) {
  visitor.number(granule.delta_count);
  visitor.number(granule.mutation_count);
  visitor.number(granule.snapshot_present);
  visit(visitor, granule.range);
  visit(visitor, granule.snapshot_present != 0 ? granule.snapshot : GranuleFile{});
  visitor.part(granule.tenant.prefix.key,
               granule.tenant.present != 0 ? granule.tenant.prefix.length : 0);
  for (int i = 0; i < granule.delta_count; i++) visit(visitor, granule.deltas[i]);
  for (int i = 0; i < granule.mutation_count; i++) visit(visitor, granule.mutations[i]);
}

template <class Visitor>
void visit(Visitor& visitor, const OneGet& get) {
  if (get.length == kAbsent) return visitor.number(kAbsent);
  visitor.part(get.value, get.length);
}

template <class Visitor>
void visit(Visitor& visitor, const char* text) {
  visitor.part(reinterpret_cast<Bytes>(text), static_cast<int>(strlen(text)));
}

template <class Visitor>
void visit(Visitor& visitor, const KeySelector& selector) {
  visitor.number(selector.or_equal);
  visitor.number(selector.offset);
  visit(visitor, selector.key);
}

template <class Visitor>
void visit(Visitor& visitor, const MappedKeyValue& mapped) {
  visit(visitor, mapped.key);
  visit(visitor, mapped.value);
  visit(visitor, mapped.range.begin);
  visit(visitor, mapped.range.end);
  visitor.number(mapped.range.size);
  for (int i = 0; i < mapped.range.size; i++) visit(visitor, mapped.range.data[i]);
}

template <class Part, class Visitor>
void visit_row(Visitor& visitor, const void* row, int count, int more) {
  visitor.number(count);
  visitor.number(more);
  const Part* parts = static_cast<const Part*>(row);
  for (int i = 0; i < count; i++) visit(visitor, parts[i]);
}

template <class Visitor>
void visit_row(Visitor& visitor, Kind kind, const void* row, int count, int more) {
  switch (kind) {
    case Kind::kKeyValues:
      return visit_row<KeyValue>(visitor, row, count, more);
    case Kind::kValues:
      return visit_row<OneGet>(visitor, row, count, more);
    case Kind::kKeys:
      return visit_row<Key>(visitor, row, count, more);
    case Kind::kStrings:
      return visit_row<const char*>(visitor, row, count, more);
    case Kind::kKeyRanges:
      return visit_row<KeyRange>(visitor, row, count, more);
    case Kind::kGranuleSummaries:
      return visit_row<GranuleSummary>(visitor, row, count, more);
    case Kind::kGranuleDescriptions:
      return visit_row<GranuleDescription>(visitor, row, count, more);
    default:
      return visit_row<MappedKeyValue>(visitor, row, count, more);
  }
}

}  // namespace

Payload::Payload(const ManyGets& gets)
    : kind_(Kind::kValues),
      error_(gets.error()),
      row_(gets.gets().data()),
      count_(static_cast<int>(gets.gets().size())) {}

Payload::Payload(const ClientApi& api, Kind kind, Future* future) : kind_(kind) {
  switch (kind) {
    case Kind::kNothing:
      error_ = api.future_get_error(future);
      break;
    case Kind::kInt64: {
      int64_t value = 0;
      error_ = api.future_get_int64(future, &value);
      number_ = static_cast<uint64_t>(value);
      break;
    }
    case Kind::kUint64:
      error_ = api.future_get_uint64(future, &number_);
      break;
    case Kind::kDouble: {
      double value = 0;
      error_ = api.future_get_double(future, &value);
      memcpy(&number_, &value, sizeof value);
      break;
    }
    case Kind::kBool: {
      int value = 0;
      error_ = api.future_get_bool(future, &value);
      number_ = value != 0 ? 1 : 0;
      break;
    }
    case Kind::kKey:
      error_ = api.future_get_key(future, &bytes_, &length_);
      break;
    case Kind::kValue: {
      int present = 0;
      error_ = api.future_get_value(future, &present, &bytes_, &length_);
      absent_ = error_ == 0 && present == 0;
      break;
    }
    case Kind::kKeyValues: {
      const KeyValue* row = nullptr;
      error_ = api.future_get_keyvalue_array(future, &row, &count_, &more_);
      row_ = row;
      break;
    }
    case Kind::kKeys: {
      const Key* row = nullptr;
      error_ = api.future_get_key_array(future, &row, &count_);
      row_ = row;
      break;
    }
    case Kind::kStrings: {
      const char** row = nullptr;
      error_ = api.future_get_string_array(future, &row, &count_);
      row_ = row;
      break;
    }
    case Kind::kMappedKeyValues: {
      const MappedKeyValue* row = nullptr;
      error_ = api.future_get_mappedkeyvalue_array(future, &row, &count_, &more_);
      row_ = row;
      break;
    }
    case Kind::kKeyRanges: {
      const KeyRange* row = nullptr;
      error_ = api.future_get_keyrange_array(future, &row, &count_);
      row_ = row;
      break;
    }
    case Kind::kGranuleSummaries: {
      const GranuleSummary* row = nullptr;
      error_ = api.future_get_granule_summary_array(future, &row, &count_);
      row_ = row;
      break;
    }
    case Kind::kGranuleDescriptions: {
      GranuleDescription* row = nullptr;
      error_ = api.future_readbg_get_descriptions(future, &row, &count_);
      row_ = row;
      break;
    }
    case Kind::kValues:
      break;  // of no single future
  }
}

int64_t Payload::size() const {
  if (error_ != 0 || absent_) return 0;
  switch (kind_) {
    case Kind::kNothing:
      return 0;
    case Kind::kInt64:
    case Kind::kUint64:
    case Kind::kDouble:
    case Kind::kBool:
      return sizeof number_;
    case Kind::kKey:
    case Kind::kValue:
      return length_;
    default: {
      Measure measure;
      visit_row(measure, kind_, row_, count_, more_);
      return measure.size();
    }
  }
}

void Payload::write(uint8_t* out) const {
  if (error_ != 0 || absent_) return;
  switch (kind_) {
    case Kind::kNothing:
      return;
    case Kind::kInt64:
    case Kind::kUint64:
    case Kind::kDouble:
    case Kind::kBool:
      memcpy(out, &number_, sizeof number_);
      return;
    case Kind::kKey:
    case Kind::kValue:
      if (length_ > 0) memcpy(out, bytes_, static_cast<size_t>(length_));
      return;
    default: {
      Heads heads(out);
      visit_row(heads, kind_, row_, count_, more_);
      Bodies bodies(heads.end());
      visit_row(bodies, kind_, row_, count_, more_);
    }
  }
}

}  // namespace fdbkit::ring
