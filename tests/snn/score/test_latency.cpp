#include "snn/score/latency.h"

#include <catch2/catch.hpp>

#include "snn/score/answer.h"

TEST_CASE("latency: the decision after every step, by hand") {
  // Sums after each step: (0, 0), which is no answer, (0, 1), (2, 1), (2, 2), (2, 3): ties go to the first class.
  const std::vector<float> psc = {0, 0, 0, 1, 2, 0, 0, 1, 0, 1};
  const snn::DecisionTrace trace = snn::trace_decisions(psc, 2);
  CHECK(trace.n_steps == 5);
  CHECK(trace.changes == std::vector<snn::DecisionTrace::Change>{{1, snn::kSilence}, {2, 1}, {3, 0}, {5, 1}});
  CHECK(trace.settled() == 5);
  std::vector<int> after;
  for (int n = 1; n <= 5; ++n) after.push_back(trace.after(n));
  CHECK(after == std::vector<int>{snn::kSilence, 1, 0, 0, 1});
  CHECK(snn::trace_decisions(psc, 2, false).changes == std::vector<snn::DecisionTrace::Change>{{1, snn::kSilence}});
}

TEST_CASE("latency: utterances of different lengths by their shares, by hand") {
  // Of 10 steps: class 1 from step 3 on. Of 4 steps: class 0 throughout. The third one has no label.
  const std::vector<snn::DecisionTrace> traces = {{10, {{1, 0}, {3, 1}}}, {4, {{1, 0}}}, {4, {{1, 1}}}};
  const snn::LatencyCurve curve = snn::latency_curve(traces, std::vector<int>({1, 0, -1}), 4);
  REQUIRE(curve.points.size() == 4);
  // A quarter: ceil(2.5) = 3 and 1 steps; a half: 5 and 2.
  CHECK(curve.points[0].count == snn::CorrectCount{2, 2});
  CHECK(curve.points[0].steps == 2.0);
  CHECK(curve.points[1].share == 0.5);
  CHECK(curve.points[1].steps == 3.5);
  CHECK(curve.points[3].steps == 7.0);
  CHECK(curve.settled_step == 2.0);                        // (3 + 1) / 2
  CHECK(curve.settled_share == Approx((0.3 + 0.25) / 2));  // rounding
  const snn::LatencyCurve fine = snn::latency_curve(traces, std::vector<int>({1, 0, -1}), 10);
  CHECK(fine.points[0].count == snn::CorrectCount{1, 2});  // a tenth: step 1 of 10, still class 0
  CHECK(fine.points[1].count == snn::CorrectCount{1, 2});
  CHECK(fine.points[2].count == snn::CorrectCount{2, 2});
  CHECK(snn::latency_csv(snn::latency_curve(traces, std::vector<int>({1, 1, -1}), 2)) ==
        "step,share,accuracy,n\n3.5,0.5,0.5,2\n7,1,0.5,2\n");
}

TEST_CASE("latency: utterances of one length give whole steps, nothing labelled gives nothing") {
  const std::vector<snn::DecisionTrace> traces = {{100, {{1, 0}, {31, 1}}}, {100, {{1, 1}}}};
  const snn::LatencyCurve curve = snn::latency_curve(traces, std::vector<int>({1, 1}));
  REQUIRE(curve.points.size() == 20);
  for (int i = 0; i < 20; ++i) {
    CHECK(curve.points[static_cast<std::size_t>(i)].steps == 5.0 * (i + 1));
    CHECK(curve.points[static_cast<std::size_t>(i)].count.n_correct == (i < 6 ? 1 : 2));
  }
  const snn::LatencyCurve none = snn::latency_curve(traces, std::vector<int>({-1, -1}));
  CHECK(none.points.back().count.n_total == 0);
  CHECK(none.settled_step == 0.0);
  CHECK_THROWS_AS(snn::latency_curve(traces, std::vector<int>({1})), std::invalid_argument);
}
