#include "dln/data/npz.hpp"

#include <zip.h>

#include <algorithm>
#include <memory>

#include "dln/base/error.hpp"
#include "dln/data/npy.hpp"

namespace dln::data {
namespace {

struct CloseArchive {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
using Archive = std::unique_ptr<zip_t, CloseArchive>;
struct CloseEntry {
  void operator()(zip_file_t* entry) const { zip_fclose(entry); }
};
using Entry = std::unique_ptr<zip_file_t, CloseEntry>;

constexpr std::uint64_t kFirstBlock = 1 << 16;

std::string unpack(zip_t* archive, zip_uint64_t index, std::uint64_t size) {
  const Entry entry(zip_fopen_index(archive, index, 0));
  if (!entry) throw base::DataError(zip_strerror(archive));
  std::string bytes;  // grows with what there is, whatever size is promised
  std::uint64_t got = 0;
  while (got < size) {
    bytes.resize(std::min(size, std::max(kFirstBlock, 2 * got)));
    const auto more = zip_fread(entry.get(), bytes.data() + got, bytes.size() - got);
    if (more < 0) throw base::DataError(zip_file_strerror(entry.get()));
    if (more == 0) throw base::DataError("it ends before its promised size");
    got += static_cast<std::uint64_t>(more);
  }
  char beyond;  // reading past the end is what makes libzip look at the checksum
  if (zip_fread(entry.get(), &beyond, 1) != 0) throw base::DataError("its checksum or its size is wrong");
  return bytes;
}

}  // namespace

NamedArrays read_npz(const std::filesystem::path& path, std::uint64_t byte_limit) {
  int trouble = 0;
  const Archive archive(zip_open(path.c_str(), ZIP_RDONLY | ZIP_CHECKCONS, &trouble));
  if (!archive) {
    zip_error_t error;
    zip_error_init_with_code(&error, trouble);
    const std::string why = zip_error_strerror(&error);
    zip_error_fini(&error);
    throw base::DataError(fmt::format("cannot read {}: {}; expected an NPZ file, as numpy.savez writes it",
                                      path.string(), why));
  }
  NamedArrays arrays;
  std::uint64_t total = 0;
  for (zip_int64_t i = 0; i < zip_get_num_entries(archive.get(), 0); ++i) {
    const auto index = static_cast<zip_uint64_t>(i);
    zip_stat_t about;
    zip_stat_init(&about);
    if (zip_stat_index(archive.get(), index, 0, &about) != 0 || !(about.valid & ZIP_STAT_SIZE))
      throw base::DataError(fmt::format("cannot read {}: {}", path.string(), zip_strerror(archive.get())));
    std::string name = about.name;
    if (name.ends_with(".npy")) name.resize(name.size() - 4);
    if (about.size > byte_limit - total)
      throw base::DataError(fmt::format("cannot read {}: its arrays need more than the {} bytes there are",
                                        path.string(), byte_limit));
    total += about.size;
    try {
      NumberArray array;
      array.values = parse_npy(unpack(archive.get(), index, about.size), array.shape);
      arrays[name] = std::move(array);
    } catch (const base::DataError& error) {
      throw base::DataError(
          fmt::format("cannot use {}: array '{}': {}", path.string(), name.substr(0, 60), error.what()));
    }
  }
  return arrays;
}

std::string npz_bytes(const NamedArrays& arrays, const NamedTexts& texts) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* target = zip_source_buffer_create(nullptr, 0, 0, &error);
  const auto fail = [](const char* why) {
    throw base::WriteError(fmt::format("cannot make an NPZ file: {}", why));
  };
  if (!target) fail(zip_error_strerror(&error));
  zip_source_keep(target);
  const std::unique_ptr<zip_source_t, decltype(&zip_source_free)> kept(target, zip_source_free);
  Archive archive(zip_open_from_source(target, ZIP_TRUNCATE, &error));
  if (!archive) fail(zip_error_strerror(&error));
  std::vector<std::string> contents;  // alive until the archive is closed
  contents.reserve(arrays.size() + texts.size());
  const auto add = [&](const std::string& name, std::string npy) {
    const std::string& bytes = contents.emplace_back(std::move(npy));
    zip_source_t* source = zip_source_buffer(archive.get(), bytes.data(), bytes.size(), 0);
    const auto index = zip_file_add(archive.get(), (name + ".npy").c_str(), source, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
      zip_source_free(source);
      fail(zip_strerror(archive.get()));
    }
    zip_set_file_compression(archive.get(), static_cast<zip_uint64_t>(index), ZIP_CM_STORE, 0);
    zip_file_set_dostime(archive.get(), static_cast<zip_uint64_t>(index), 0, 0x21, 0);  // 1980-01-01
  };
  for (const auto& [name, array] : arrays)
    add(name, npy_header(array.shape)
                  .append(reinterpret_cast<const char*>(array.values.data()),
                          array.values.size() * sizeof(double)));
  for (const auto& [name, rows] : texts) add(name, npy_texts(rows));
  if (zip_close(archive.get()) != 0) fail(zip_strerror(archive.get()));
  archive.release();
  if (zip_source_open(target) != 0) fail("its bytes cannot be read back");
  zip_source_seek(target, 0, SEEK_END);
  const auto size = zip_source_tell(target);
  zip_source_seek(target, 0, SEEK_SET);
  std::string bytes(static_cast<std::size_t>(std::max<zip_int64_t>(size, 0)), '\0');
  if (zip_source_read(target, bytes.data(), bytes.size()) != size) fail("its bytes cannot be read back");
  zip_source_close(target);
  return bytes;
}

}  // namespace dln::data
