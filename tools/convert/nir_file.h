#pragma once
// NIR graphs as HDF5 files, in the layout of the Python package nir.
#include <string>

#include "snn/files/nir_graph.h"

namespace tools {

/// The version of that package whose layout this is: the groups node/nodes/NAME, the pairs of names node/edges, the texts
/// and numbers node/metadata, the text version.
inline constexpr const char* kNirVersion = "1.0.8";

/// Replaces the file at `path`; `shown_as` stands in messages. Throws what ear::Hdf5Writer throws.
void write_nir(const snn::NirGraph& graph, const std::string& path, const std::string& shown_as);

}  // namespace tools
