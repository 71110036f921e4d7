#pragma once
// Models of untrained networks and sounds for them.
#include "frontend/lyon/front_end.h"
#include "snn/files/model_file.h"

namespace support {

ear::FrontEndParams stretched();
/// Steps of 10 ms at 12,500 Hz.
ear::FrontEndParams decimated();

/// A network of 20 hidden neurons and 5 classes, whose recipe is that ear.
snn::Model model_of(const ear::FrontEndParams& front_end);

/// Half a second that climbs from 200 to 2,000 Hz.
ear::Sound sweep(int sample_rate_hz);

}  // namespace support
