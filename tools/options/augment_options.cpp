#include "tools/options/augment_options.h"

#include <array>
#include <stdexcept>

#include "tools/options/choice_option.h"

namespace tools {

void add_augment_options(CLI::App& app, ear::SoundAugmentParams& p) {
  const std::string group = "Augmentation (drawn for every recording from the seed and its key)";
  app.add_option("--augment-gain-db", p.gain_db, "Louder or softer by up to this many dB")
      ->capture_default_str()
      ->group(group);
  const auto set_snr = [&p](const std::vector<double>& range) {
    if (range.size() > 2) throw CLI::ValidationError("--augment-snr-db", "wanted LOW,HIGH or one number");
    p.snr_db = {range.front(), range.back()};
  };
  auto* snr = app.add_option_function<std::vector<double>>(
                     "--augment-snr-db", set_snr,
                     "Gaussian noise this many dB below the recording: LOW,HIGH, as 10,30, or one number [no noise]")
                  ->delimiter(',')
                  ->allow_extra_args(false)
                  ->group(group);
  const auto set_colour = [&p](const std::string& name) { p.noise_colour = ear::parse_colour(name); };
  add_choice(app, "--augment-noise", std::array{"white", "pink"}, set_colour, "Colour of the noise [white]")
      ->needs(snr)
      ->group(group);
  app.add_option("--augment-speed", p.speed,
                 "Faster and higher, or slower and lower, by a factor of up to 1 plus this: 0.1")
      ->capture_default_str()
      ->group(group);
  app.add_option("--augment-seed", p.seed, "Of all that is drawn")->capture_default_str()->group(group);
}

}  // namespace tools
