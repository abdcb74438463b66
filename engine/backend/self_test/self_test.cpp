#include "backend/self_test/self_test.h"

#include "backend/cpu/reference.h"
#include "backend/self_test/checks.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <optional>

namespace rocmforge {
namespace {

using self_test::Check;
using self_test::Matrices;
using self_test::Trial;

std::vector<Check> all_checks()
{
    std::vector<Check> checks;
    for (const auto family :
         {self_test::elementwise_checks, self_test::product_checks, self_test::attention_checks,
          self_test::expert_checks, self_test::recurrent_checks, self_test::pass_checks})
        std::ranges::move(family(), std::back_inserter(checks));
    return checks;
}

/// The largest difference as a share of the root mean square of what is expected; infinite where a
/// value is no number, or there are more or fewer.
double largest_error(const std::vector<float>& got, const std::vector<float>& expected)
{
    if (got.size() != expected.size())
        return HUGE_VAL;
    double largest = 0, squares = 0;
    for (size_t i = 0; i < expected.size(); ++i) {
        const double difference = std::abs(double(got[i]) - double(expected[i]));
        if (!std::isfinite(difference))
            return HUGE_VAL;
        largest = std::max(largest, difference);
        squares += double(expected[i]) * double(expected[i]);
    }
    return largest / std::sqrt(squares / static_cast<double>(expected.size()));
}

std::optional<KernelFailure> compare(const Check& check, Matrices& matrices, const Trial& tested)
{
    CpuReference reference;
    Trial expected(reference, matrices);
    check.run(expected);
    const double error = largest_error(tested.results(), expected.results());
    if (error <= check.tolerance)
        return std::nullopt;
    if (std::isinf(error))
        return KernelFailure{check.kernel, 0, check.tolerance, "It gave results that are no numbers."};
    return KernelFailure{check.kernel, error, check.tolerance, {}};
}

} // namespace

Status run_self_test(Backend& tested, SelfTest& test, const std::function<void(const SelfTest&)>& before_each)
{
    const auto start = std::chrono::steady_clock::now();
    test.state = SelfTestState::running;
    Matrices matrices;
    for (const Check& check : all_checks()) {
        test.kernel = check.kernel;
        before_each(test);
        Trial trial(tested, matrices);
        check.run(trial);
        ++test.n_comparisons;
        const Status& status = trial.status();
        if (!status && status.error().kind == ErrorKind::out_of_memory) {
            test.state = SelfTestState::untested;
            return status;
        }
        if (!status) { // what comes after an error of the device says nothing
            test.failures.push_back({check.kernel, 0, check.tolerance, status.error().message});
            break;
        }
        if (std::optional<KernelFailure> failure = compare(check, matrices, trial))
            test.failures.push_back(*std::move(failure));
    }
    test.kernel.clear();
    test.state = test.failures.empty() ? SelfTestState::passed : SelfTestState::failed;
    test.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return {};
}

} // namespace rocmforge
