#include "tools/predict/answer_lines.h"

#include <fmt/core.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "snn/score/answer.h"

namespace tools {

namespace {

nlohmann::ordered_json one(const ossicle::Answer& answer) {
  nlohmann::ordered_json object = {{"label", answer.label}, {"score", answer.score}, {"confidence", nullptr}};
  if (answer.confidence) object["confidence"] = *answer.confidence;
  return object;
}

}  // namespace

void reject_below(const std::optional<double>& least, std::vector<ossicle::Answer>& answers) {
  const std::optional<double> confidence = answers.front().confidence;
  if (least && confidence && *confidence < *least) answers.front().label = snn::kUnknownName;
}

nlohmann::ordered_json to_json(const std::vector<ossicle::Answer>& answers, bool with_top,
                               const std::optional<double>& least) {
  std::vector<ossicle::Answer> best = {answers.front()};
  reject_below(least, best);
  nlohmann::ordered_json object = one(best.front());
  if (!with_top) return object;
  for (const ossicle::Answer& answer : answers) object["top"].push_back(one(answer));
  return object;
}

std::string confidence_text(const ossicle::Answer& answer) {
  return answer.confidence ? fmt::format("{:.4f}", *answer.confidence) : "-";
}

void print_line(const std::string& line) {
  fmt::print("{}\n", line);
  if (std::fflush(stdout) != 0)
    throw std::system_error(errno, std::generic_category(), "standard output: cannot write");
}

void print_line(const nlohmann::ordered_json& object) {
  print_line(object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

}  // namespace tools
