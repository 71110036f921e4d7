#pragma once
// What a network may answer beside its classes 0..K-1.
#include <span>

namespace snn {

inline constexpr int kSilence = -1;  ///< there was nothing to hear, or the network said nothing
inline constexpr int kUnknown = -2;  ///< a class, but with less confidence than was asked for

inline constexpr const char* kSilenceName = "(silence)";
/// Of kUnknown, and of a class of its own in models that were taught what is none of their words.
inline constexpr const char* kUnknownName = "(unknown)";

/// The class of the largest of K >= 1 scores, the lowest index on a tie; kSilence where `is_heard` is false, and where all scores
/// are zero: then no output neuron had a say.
int answer_of(std::span<const float> scores, bool is_heard);

}  // namespace snn
