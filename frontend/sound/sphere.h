#pragma once
// What the text header of a NIST SPHERE file says and libsndfile does not pass on.
#include <optional>
#include <string>
#include <string_view>

namespace ear {

struct SphereHeader {
  std::optional<long long> sample_count;  ///< frames that the recording has, if the header says so
  std::string sample_coding;              ///< such as "pcm" or "pcm,embedded-shorten-v2.00"; may be empty
  bool complete = false;                  ///< whether the line "end_head" was found
};

/// Parses the first bytes of a file (64 KiB are enough); nothing if they do not begin a SPHERE header.
std::optional<SphereHeader> parse_sphere_header(std::string_view bytes);

}  // namespace ear
