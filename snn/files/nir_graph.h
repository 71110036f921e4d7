#pragma once
// A model as a NIR graph (Neuromorphic Intermediate Representation, Pedersen et al. 2024, doi 10.1038/s41467-024-52259-9):
// nodes and edges in plain structs, without a file format. NIR.md has the mapping and why it gives the same spikes.
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "snn/files/model_file.h"

namespace snn {

/// How the numbers of an array are to be stored.
enum class NirType { kInt64, kFloat32, kFloat64 };

/// An array in C order; values.size() is the product of the shape.
struct NirArray {
  NirType type = NirType::kFloat64;
  std::vector<std::int64_t> shape;
  std::vector<double> values;
};

/// A node: one of NIR's types with the arrays that the type has, by NIR's names.
struct NirNode {
  std::string name;
  std::string type;  ///< "Input", "Output", "Linear", "Affine", "CubaLIF", "LI"
  std::map<std::string, NirArray> arrays;
};

/// Each node stands behind those that it takes from in the same step; the edges that lead back are the self-connections'.
struct NirGraph {
  std::vector<NirNode> nodes;
  std::vector<std::pair<std::string, std::string>> edges;  ///< (from, to), names of nodes
  std::map<std::string, std::string> texts;                ///< metadata
  std::map<std::string, double> numbers;                   ///< metadata
};

/// What a reader of the graph wants.
struct NirChoices {
  double dt_s = 1e-3;      ///< > 0, seconds; length of a step
  bool exact = false;      ///< time constants for decays of exp(-dt/tau) instead of 1 - dt/tau
  bool affine = false;     ///< Affine nodes with a bias of zeros instead of Linear ones
  bool reads_psc = false;  ///< the output carries the PSCs, whose sums decide, instead of the spikes
};

/// The graph of a model: nodes "input", "w_K_L", "w_self_L", "lif_L", ("psc",) "output". input_scale is multiplied into the
/// weights that leave the input. Throws std::invalid_argument naming the array for a theta outside [0, 1), which no membrane
/// time constant gives, for arrays that are not the network's, and for a dt_s that is not positive.
NirGraph to_nir(const Model& model, const NirChoices& choices);

}  // namespace snn
