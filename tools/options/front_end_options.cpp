#include "tools/options/front_end_options.h"

namespace tools {

namespace {

void add_steps(CLI::App& app, ear::FrontEndParams& p) {
  const std::string group = "Steps";
  auto* steps =
      app.add_option_function<int>(
             "--steps",
             [&p](int n_steps) {
               if (n_steps < 1) throw CLI::ValidationError("--steps", "wanted 1 or more");
               p.n_steps = n_steps;
               p.decimation = 0;
             },
             "Steps of every recording [100]: each step takes floor(samples / steps) samples; surplus steps are "
             "cropped, a shorter recording is followed by silence")
          ->group(group);
  app.add_option_function<int>(
         "--decimation",
         [&p](int decimation) {
           p.n_steps = 0;
           p.decimation = decimation;
         },
         "Samples per step instead: the number of steps then follows the length")
      ->group(group)
      ->excludes(steps);
  app.add_option("--tail-steps", p.tail_steps,
                 "Of the steps, how many are silence after the sound (with --decimation: added)")
      ->capture_default_str()
      ->group(group);
}

}  // namespace

void add_front_end_options(CLI::App& app, ear::FrontEndParams& p) {
  const std::string group = "Ear";
  app.add_option("--sample-rate", p.sample_rate_hz, "Hz; recordings are resampled to it")
      ->capture_default_str()
      ->group(group);
  app.add_option("--ear-q", p.lyon.ear_q, "Quality factor of the filters")->capture_default_str()->group(group);
  app.add_option("--step-factor", p.lyon.step_factor, "Distance of channels in bandwidths [ear-q / 32]")->group(group);
  app.add_option("--channels", p.n_channels, "Number of channels; chooses the step factor [78 at the defaults]")
      ->group(group);
  app.add_option("--tau-factor", p.lyon.tau_factor, "Time constant of the last low-pass in steps")
      ->capture_default_str()
      ->group(group);
  app.add_flag("--agc,!--no-agc", p.lyon.agc, "Automatic gain control [on]")->group(group);
  app.add_flag("--differ,!--no-differ", p.lyon.differ, "Difference of neighbouring channels [on]")->group(group);
  app.add_option(
         "--level-db", p.level_db,
         "Bring every recording to this level (root mean square, dB of full scale) before the ear, as -25 [as it is]")
      ->group(group);
  app.add_option("--scale", p.scale, "Factor on the output: with the default, speech peaks near 1")
      ->capture_default_str()
      ->group(group);
  add_steps(app, p);
}

}  // namespace tools
