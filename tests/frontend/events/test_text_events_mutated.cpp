// Ten thousand damaged texts: each gives good events, or an error with its place.
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "frontend/events/rebin.h"
#include "frontend/events/text_events.h"

namespace {

constexpr int kChannels = 64;

std::string good_text(std::mt19937& random) {
  std::string text = "# channel time\n";
  double time_s = 0.0;
  for (auto i = random() % 20; i > 0; --i) {
    time_s += static_cast<double>(random() % 1000) * 1e-5;
    text += std::to_string(random() % kChannels) + (random() % 3 == 0 ? "," : " ") + std::to_string(time_s) +
            (random() % 5 == 0 ? "\r\n" : "\n");
  }
  return text;
}

/// One change: a byte, a piece cut or doubled, a piece of a text that means something put in.
void mutate(std::string& text, std::mt19937& random) {
  const std::vector<std::string> pieces = {"#",
                                           "\n",
                                           "\r",
                                           ",",
                                           "\t",
                                           "-",
                                           "+",
                                           "e308",
                                           "e-400",
                                           "nan",
                                           "inf",
                                           "0x1",
                                           ".",
                                           "1e9",
                                           "\xEF\xBB\xBF",
                                           std::string(1, '\0'),
                                           "999999999999999999999",
                                           "\xff\xfe",
                                           " "};
  const auto at = [&] { return random() % (text.size() + 1); };
  switch (random() % 4) {
    case 0:
      if (!text.empty()) text[random() % text.size()] = static_cast<char>(random() % 256);
      break;
    case 1:
      text.erase(at(), random() % 9);
      break;
    case 2:
      text.insert(at(), text.substr(at(), random() % 9));
      break;
    default:
      text.insert(at(), pieces[random() % pieces.size()]);
  }
}

}  // namespace

TEST_CASE("text events: 10,000 mutated texts give good events or an error that names the place") {
  std::mt19937 random(6);
  int n_good = 0;
  int n_refused = 0;
  for (int i = 0; i < 10'000; ++i) {
    std::string text = good_text(random);
    for (auto n = random() % 4; n > 0; --n) mutate(text, random);
    ear::EventRecord record;
    try {
      ear::parse_text_events(text, "a.txt", {}, kChannels, record);
    } catch (const std::runtime_error& error) {
      ++n_refused;
      INFO(error.what());
      REQUIRE(std::string(error.what()).starts_with("a.txt:"));
      continue;
    }
    ++n_good;
    REQUIRE(record.error.empty());
    REQUIRE(record.times_s.size() == record.channels.size());
    try {
      ear::rebin(record, kChannels, {.max_steps = 1000});  // refuses, as a caller's mistake, events that are not good
    } catch (const std::runtime_error&) {
      REQUIRE((record.times_s.empty() || record.times_s.back() > ear::kMaxUtterance_s));
    }
  }
  INFO(n_good << " good, " << n_refused << " refused");
  CHECK(n_good > 3000);
  CHECK(n_refused > 3000);
}
