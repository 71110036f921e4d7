#include "tools/lyon/options.h"

#include <array>

#include "tools/options/choice_option.h"

namespace tools {

namespace {

void add_steps(CLI::App& app, ear::FrontEndParams& p) {
  app.option_defaults()->group("Steps");
  auto* steps = app.add_option_function<int>(
      "--steps",
      [&p](int n_steps) {
        if (n_steps < 1) throw CLI::ValidationError("--steps", "wanted 1 or more");
        p.n_steps = n_steps;
        p.decimation = 0;
      },
      "Steps of every recording [100]: each step takes floor(samples / steps) samples; surplus steps are "
      "cropped, a shorter recording is followed by silence");
  app.add_option_function<int>(
         "--decimation",
         [&p](int decimation) {
           p.n_steps = 0;
           p.decimation = decimation;
         },
         "Samples per step instead: the number of steps then follows the length")
      ->excludes(steps);
  app.add_option("--tail-steps", p.tail_steps,
                 "Of the steps, how many are silence after the sound (with --decimation: added)")
      ->capture_default_str();
}

}  // namespace

void add_front_end_options(CLI::App& app, ear::FrontEndParams& p) {
  app.option_defaults()->group("Ear");
  app.add_option("--sample-rate", p.sample_rate_hz, "Hz; recordings are resampled to it")->capture_default_str();
  app.add_option("--ear-q", p.lyon.ear_q, "Quality factor of the filters")->capture_default_str();
  app.add_option("--step-factor", p.lyon.step_factor, "Distance of channels in bandwidths [ear-q / 32]");
  app.add_option("--channels", p.n_channels, "Number of channels; chooses the step factor [78 at the defaults]");
  app.add_option("--tau-factor", p.lyon.tau_factor, "Time constant of the last low-pass in steps")
      ->capture_default_str();
  app.add_flag("--agc,!--no-agc", p.lyon.agc, "Automatic gain control [on]");
  app.add_flag("--differ,!--no-differ", p.lyon.differ, "Difference of neighbouring channels [on]");
  app.add_option(
      "--level-db", p.level_db,
      "Bring every recording to this level (root mean square, dB of full scale) before the ear, as -25 [as it is]");
  app.add_option("--scale", p.scale, "Factor on the output: with the default, speech peaks near 1")
      ->capture_default_str();
  add_steps(app, p);
}

void add_augment_options(CLI::App& app, ear::SoundAugmentParams& p) {
  app.option_defaults()->group("Augmentation (drawn for every recording from the seed and its key)");
  app.add_option("--augment-gain-db", p.gain_db, "Louder or softer by up to this many dB")->capture_default_str();
  const auto set_snr = [&p](const std::vector<double>& range) {
    if (range.size() > 2) throw CLI::ValidationError("--augment-snr-db", "wanted LOW,HIGH or one number");
    p.snr_db = {range.front(), range.back()};
  };
  auto* snr = app.add_option_function<std::vector<double>>(
                     "--augment-snr-db", set_snr,
                     "Gaussian noise this many dB below the recording: LOW,HIGH, as 10,30, or one number [no noise]")
                  ->delimiter(',')
                  ->allow_extra_args(false);
  const auto set_colour = [&p](const std::string& name) { p.noise_colour = ear::parse_colour(name); };
  add_choice(app, "--augment-noise", std::array{"white", "pink"}, set_colour, "Colour of the noise [white]")
      ->needs(snr);
  app.add_option("--augment-speed", p.speed,
                 "Faster and higher, or slower and lower, by a factor of up to 1 plus this: 0.1")
      ->capture_default_str();
  app.add_option("--augment-seed", p.seed, "Of all that is drawn")->capture_default_str();
}

}  // namespace tools
