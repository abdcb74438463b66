#include <rocmforge/self_test.h>

#include <cstdio>

namespace rocmforge {
namespace {

/// "0.023", "12.3": three digits are enough to compare.
std::string number(double value)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.3g", value);
    return text;
}

std::string describe_failures(const SelfTest& test)
{
    std::string text = describe(test.failures.front());
    const size_t n_others = test.failures.size() - 1;
    if (n_others > 0)
        text += " So did " + std::to_string(n_others) + (n_others == 1 ? " other." : " others.");
    return text;
}

} // namespace

std::string describe(const KernelFailure& failure)
{
    const std::string kernel = "The GPU kernel for '" + failure.kernel + "' ";
    if (!failure.message.empty())
        return kernel + "failed: " + failure.message;
    return kernel + "computes wrongly: its largest error is " + number(failure.error)
        + " of the results' root mean square, where " + number(failure.tolerance) + " is allowed.";
}

std::string describe(const SelfTest& test)
{
    switch (test.state) {
    case SelfTestState::untested:
        return "Its kernels were not tested yet.";
    case SelfTestState::running:
        return "The program did not survive the test of the GPU kernel for '" + test.kernel + "'.";
    case SelfTestState::passed:
        return "Its kernels compute as the CPU does in all " + std::to_string(test.n_comparisons)
            + " comparisons (" + number(test.seconds) + " s).";
    case SelfTestState::failed:
        break;
    }
    return describe_failures(test);
}

} // namespace rocmforge
