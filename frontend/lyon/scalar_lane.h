#pragma once
// The kind of lanes that is none: one sound, every stage in double. The witness of the same arithmetic.

namespace ear {

struct ScalarLane {
  using Real = double;  ///< the gain control and what follows
  using Wide = double;  ///< the cascade
  static Real splat(double value) { return value; }
  static Real narrow(Wide value) { return value; }
  static Wide widen(Real value) { return value; }
  static Real larger(Real a, Real b) { return a > b ? a : b; }
};

}  // namespace ear
