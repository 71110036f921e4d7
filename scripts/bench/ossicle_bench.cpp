// A contender of the bench (serve.h):
//   ossicle_bench products --sizes 78,400,400,400,26 --steps 100 --batch 50 --variant feed-forward
//   ossicle_bench network  the same, and --rates 0.05 --threads 1; or --model FILE --data STREAM; --device cuda:0
//                          --precision tf32 --repeats 50
//   ossicle_bench ear      --sounds FILE --utterances 120 --samples 6250 --decimation 200
//   ossicle_bench probe
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <stdexcept>

#include "scripts/bench/ear_contender.h"
#include "scripts/bench/network_contender.h"
#include "scripts/bench/probe.h"
#include "scripts/bench/products.h"

namespace {

void run(const std::string& what, const bench::Flags& flags) {
  if (what == "products") {
    const std::string about = bench::prepare_blas();
    bench::Products products(bench::parse_case(flags));
    bench::serve(about,
                 {{"step", {[&] { return products.run(false); }}}, {"infer", {[&] { return products.run(true); }}}});
  } else if (what == "network") {
    const bool trained = !flags.text("model").empty();
    bench::NetworkContender network(trained ? bench::Case{} : bench::parse_case(flags), flags);
    bench::serve(network.about(), network.operations());
  } else if (what == "ear") {
    bench::EarContender contender(flags);
    bench::serve(contender.about(), {{"hear", {[&] { return contender.hear(); }}}});
  } else if (what == "probe") {
    bench::serve("probe", {{"one", {[] { return bench::probe(1); }}}, {"two", {[] { return bench::probe(2); }}}});
  } else {
    throw std::invalid_argument("'" + what + "': wanted products, network, ear or probe");
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc < 2) throw std::invalid_argument("wanted products, network, ear or probe");
    run(argv[1], bench::Flags({argv + 2, argv + argc}));
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "ossicle_bench: {}\n", error.what());
    return 2;
  }
}
