#pragma once
// Answers as the lines of ossicle-predict and ossicle-listen.
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tools/recogniser/recogniser.h"

namespace tools {

/// Makes the best answer snn::kUnknownName where it has a confidence below that; nothing without a bound.
void reject_below(const std::optional<double>& least, std::vector<ossicle::Answer>& answers);

/// {"label", "score", "confidence"} of the best answer, its label as of reject_below(least); with_top adds "top", a list of the same
/// of all, with their own labels.
nlohmann::ordered_json to_json(const std::vector<ossicle::Answer>& answers, bool with_top,
                               const std::optional<double>& least = {});

/// "0.9876", or "-" where there is none.
std::string confidence_text(const ossicle::Answer& answer);

/// A line to standard output, at once: who reads the other end of a pipe may wait for it. Throws std::system_error.
void print_line(const std::string& line);
void print_line(const nlohmann::ordered_json& object);

}  // namespace tools
