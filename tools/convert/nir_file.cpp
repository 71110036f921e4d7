#include "tools/convert/nir_file.h"

#include <array>
#include <vector>

#include "frontend/hdf5/hdf5_file.h"

namespace tools {

namespace {

ear::Hdf5Type type_of(snn::NirType type) {
  if (type == snn::NirType::kInt64) return ear::Hdf5Type::kInt64;
  return type == snn::NirType::kFloat32 ? ear::Hdf5Type::kFloat32 : ear::Hdf5Type::kFloat64;
}

}  // namespace

void write_nir(const snn::NirGraph& graph, const std::string& path, const std::string& shown_as) {
  ear::Hdf5Writer file(path, shown_as);
  file.text("version", kNirVersion);
  file.text("node/type", "NIRGraph");
  for (const snn::NirNode& node : graph.nodes) {
    const std::string group = "node/nodes/" + node.name + "/";
    file.text(group + "type", node.type);
    for (const auto& [name, array] : node.arrays) {
      const std::vector<std::uint64_t> shape(array.shape.begin(), array.shape.end());
      file.numbers(group + name, type_of(array.type), array.values, shape);
    }
  }
  std::vector<std::string> ends;
  for (const auto& [from, to] : graph.edges) {
    ends.push_back(from);
    ends.push_back(to);
  }
  file.strings("node/edges", ends, std::array<std::uint64_t, 2>{graph.edges.size(), 2});
  for (const auto& [name, text] : graph.texts) file.text("node/metadata/" + name, text);
  for (const auto& [name, number] : graph.numbers) {
    file.numbers("node/metadata/" + name, ear::Hdf5Type::kFloat64, std::array{number}, {});
  }
  file.close();
}

}  // namespace tools
