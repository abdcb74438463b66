#include "backend/hip/scratch.h"
#include "backend/hip/tested_device.h"
#include "emulated_gpu.h"
#include "support/golden_model.h"

#include <rocmforge/engine.h>

using namespace rocmforge;
using namespace rocmforge::test;

namespace {

constexpr int n_tokens = 6;

/// A device whose kernels are known to be right, so that loading does not test them again.
LoadOptions onTested(const EmulatedGpu& gpu)
{
    LoadOptions options;
    options.device = ComputeDevice::gpu;
    options.n_ctx = 128;
    options.self_tests = gpu.passedSelfTests();
    return options;
}

Result<std::unique_ptr<Engine>> load(const LoadOptions& options)
{
    return Engine::load(GoldenModel(dataDir() / "models", "llama3-rope-freqs").path("file"), options);
}

/// The tokens of a greedy answer, or why it ended.
Result<std::vector<int32_t>> answer(Engine& engine, const std::function<void(size_t)>& onToken = {})
{
    std::vector<int32_t> tokens;
    std::optional<RequestEvent> last;
    Request request;
    request.prompt = GoldenModel(dataDir() / "models", "llama3-rope-freqs").tokens();
    request.sampling.temperature = 0;
    request.max_tokens = n_tokens;
    request.ignore_stop_tokens = true;
    request.on_event = [&](const RequestEvent& event) {
        if (event.kind == RequestEvent::Kind::token) {
            tokens.push_back(event.token);
            if (onToken)
                onToken(tokens.size());
        } else if (event.kind == RequestEvent::Kind::finished) {
            last = event;
        }
    };
    static_cast<void>(engine.submit(std::move(request)));
    while (!last)
        engine.step();
    if (last->error)
        return std::unexpected(*last->error);
    return tokens;
}

/// What the CPU answers.
std::vector<int32_t> expectedAnswer()
{
    LoadOptions options;
    options.n_ctx = 128;
    const auto engine = load(options);
    const auto tokens = engine ? answer(**engine) : std::vector<int32_t>();
    return tokens ? *tokens : std::vector<int32_t>();
}

} // namespace

/// What goes wrong on a GPU ends a request or a load with a message, and nothing else.
class HipBadConditionsTest : public QObject {
    Q_OBJECT

private slots:
    void init() { qputenv("ROCMFORGE_HIP_LIBRARY", HIP_EMULATOR); }
    void cleanup()
    {
        for (const char* variable : {"WRONG_KERNEL", "FAULTY_KERNEL", "FAILING_ALLOCATION"})
            qunsetenv((QByteArray("ROCMFORGE_EMULATOR_") + variable).constData());
    }

    void lostDeviceEndsTheRequest()
    {
        const EmulatedGpu gpu("gfx1100");
        auto engine = load(onTested(gpu));
        QVERIFY2(engine, engine ? "" : engine.error().message.c_str());
        size_t nTokens = 0;
        const auto lost = answer(**engine, [&](size_t n) {
            nTokens = n;
            if (n == 3)
                EmulatedGpu::loseDevice();
        });
        QVERIFY(!lost);
        QCOMPARE(nTokens, size_t(3)); // those before it were told
        QVERIFY(lost.error().kind == ErrorKind::device_error);
        QVERIFY2(contains(lost.error().message, "the device is lost"), lost.error().message.c_str());
        QVERIFY(contains(lost.error().remedy, "CPU"));

        const auto again = answer(**engine); // the engine is still there to say so
        QVERIFY(!again);
        QVERIFY(again.error().kind == ErrorKind::device_error);
        engine->reset();
        QCOMPARE(expectedAnswer().size(), size_t(n_tokens)); // and the CPU to do as it says
    }

    void faultOfAKernelIsNamed()
    {
        qputenv("ROCMFORGE_EMULATOR_FAULTY_KERNEL", "norm_rows");
        const EmulatedGpu gpu("gfx90a");
        const auto engine = load(onTested(gpu));
        QVERIFY2(engine, engine ? "" : engine.error().message.c_str());
        const auto tokens = answer(**engine);
        QVERIFY(!tokens);
        QVERIFY(tokens.error().kind == ErrorKind::device_error);
        QVERIFY2(contains(tokens.error().message, "norm_rows"), tokens.error().message.c_str());
    }

    void everyFailedAllocationEndsWithAMessage()
    {
        const std::vector<int32_t> expected = expectedAnswer();
        int n = 0;
        bool failed = true;
        for (; failed; ++n) {
            QVERIFY(n < 200);
            qputenv("ROCMFORGE_EMULATOR_FAILING_ALLOCATION", QByteArray::number(n + 1));
            const EmulatedGpu gpu("gfx1100");
            const auto engine = load(onTested(gpu));
            const auto tokens = engine ? answer(**engine) : std::unexpected(engine.error());
            failed = !tokens;
            if (failed) {
                QVERIFY2(tokens.error().kind == ErrorKind::out_of_memory, tokens.error().message.c_str());
                QVERIFY(!tokens.error().remedy.empty());
            }
            if (engine) { // one request was all it cost
                const auto next = answer(**engine);
                QVERIFY2(next, next ? "" : next.error().message.c_str());
                QVERIFY(*next == expected);
            }
        }
        QVERIFY(n > 5); // weights and cache, transfers, scratch
    }

    void countersAreZeroAfterAFailedAllocation()
    {
        qputenv("ROCMFORGE_EMULATOR_FAILING_ALLOCATION", "2");
        const EmulatedGpu gpu("gfx1100");
        auto queue = hip::Queue::create(gpu.runtime(), gpu.devices().front(), {});
        QVERIFY(queue);
        hip::ZeroedScratch counters;
        QVERIFY(counters.reserve(*queue, 8));
        QVERIFY(!counters.reserve(*queue, 100'000));
        QVERIFY(queue->synchronize().error().kind == ErrorKind::out_of_memory);
        const int* again = counters.reserve(*queue, 8);
        QVERIFY(again);
        QVERIFY(queue->synchronize());
        QVERIFY(std::all_of(again, again + 8, [](int counter) { return counter == 0; }));
    }

    void deviceThatComputesWronglyIsNotUsed()
    {
        qputenv("ROCMFORGE_EMULATOR_WRONG_KERNEL", "norm_rows");
        const EmulatedGpu gpu("gfx1100");
        LoadOptions options = onTested(gpu);
        options.self_tests.clear();
        const auto engine = load(options);
        QVERIFY(!engine);
        QVERIFY(engine.error().kind == ErrorKind::device_error);
        QVERIFY2(contains(engine.error().message, "'norm RMS' computes wrongly"),
                 engine.error().message.c_str());
        QVERIFY(contains(engine.error().remedy, "CPU"));
    }

    void secondDeviceOfAnotherTargetTakesOver()
    {
        qputenv("ROCMFORGE_EMULATOR_WRONG_KERNEL", "gfx1100:norm_rows");
        const EmulatedGpu gpu("gfx1100,gfx90a");
        LoadOptions options = onTested(gpu);
        options.self_tests.clear();
        const auto engine = load(options);
        QVERIFY2(engine, engine ? "" : engine.error().message.c_str());
        QVERIFY(contains((*engine)->backend_name(), "gfx90a"));
        const auto tokens = answer(**engine);
        QVERIFY(tokens);
        QVERIFY(*tokens == expectedAnswer());
    }

private:
    static bool contains(const std::string& text, const char* part)
    {
        return text.find(part) != std::string::npos;
    }
};

QTEST_GUILESS_MAIN(HipBadConditionsTest)
#include "hip_bad_conditions_test.moc"
