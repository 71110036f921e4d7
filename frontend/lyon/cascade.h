#pragma once
// The cascade of second-order sections, and the half-wave rectifier: one step of each.
//
// In double also where the rest is float: a loud sound is attenuated section by section until the rounding noise of the
// sections before is what remains of it in quiet channels, and the gain control lifts that by up to 80 dB. With float
// between the sections a chirp was off by 3e-4 of the maximum, whatever the form of the section; with double by 5e-6.

namespace ear {

/// One section in the form in which it is computed: H(z) = a0 + (q1 + q2/z) / z / (1 + b1/z + b2/z^2). In it the states
/// do not wait for the output of the same sample.
struct SectionFactors {
  double a0, q1, q2, b1, b2;
};

/// [Lyon sec. 5] One section, one sample: returns y for input x. The states are those of the transposed direct form II.
/// L: the kind of lanes (simd_lanes.h).
template <class L>
[[gnu::always_inline]] inline typename L::Wide section_step(const SectionFactors& f, const typename L::Wide& x,
                                                            typename L::Wide& s1, typename L::Wide& s2) {
  const typename L::Wide y = f.a0 * x + s1;
  const typename L::Wide before = s1;
  s1 = f.q1 * x + (s2 - f.b1 * before);
  s2 = f.q2 * x - f.b2 * before;
  return y;
}

/// [Lyon sec. 6] Half-wave rectifier.
template <class L>
[[gnu::always_inline]] inline typename L::Real rectify(const typename L::Real& y) {
  return L::larger(y, L::splat(0));
}

}  // namespace ear
