#pragma once
// What a network may answer beside its classes 0..K-1.
#include <span>
#include <string>

namespace snn {

inline constexpr int kSilence = -1;  ///< there was nothing to hear, or the network said nothing

inline constexpr const char* kSilenceName = "(silence)";

/// The class of the largest of K >= 1 scores, the lowest index on a tie; kSilence where `is_heard` is false, and where all scores
/// are zero: then no output neuron had a say.
int answer_of(std::span<const float> scores, bool is_heard);

/// The name of a class, or that of an answer beside the classes.
std::string answer_name(int answer, std::span<const std::string> classes);

}  // namespace snn
