#include "backend/cpu/cpu_backend.h"
#include "emulated_gpu.h"
#include "model_session.h"
#include "plain_families.h"
#include "scheduler/load_candidate.h"
#include "support/golden_model.h"

#include <QTemporaryDir>

using namespace rocmforge;
using namespace rocmforge::test;

namespace {

constexpr int64_t plenty = int64_t{64} << 30;

/// The tiny model of this name, where there is one.
std::optional<PlainFamily> restated(const QString& name)
{
    for (const PlainFamily& family : plainFamilies())
        if (name == family.name)
            return family;
    return {};
}

/// A model and two devices to put it on.
class PlannedModel {
public:
    /// One of the reference data, or a tiny one with a restatement.
    explicit PlannedModel(const QString& name)
        : gpu_("gfx1100")
    {
        if (const auto family = restated(name)) {
            path_ = dir_.filePath("model.gguf").toStdString();
            tokens_ = familyTokens(60);
            static_cast<void>(family->model.write(path_));
        } else {
            const GoldenModel golden(modelFolder(name), name);
            path_ = golden.path("file");
            tokens_ = golden.tokens();
        }
        options.prefill_chunk = 16;
        options.n_ctx = 64;
        options.kv_type = KvType::f32;
    }

    /// chunkBytes: as HipOptions has it.
    Status start(int64_t chunkBytes = 0)
    {
        TRY(gguf::File file, gguf::File::open(path_));
        file_ = std::make_unique<gguf::File>(std::move(file));
        TRY(config_, read_config(*file_));
        TRY(cpu_, create_cpu_backend(1, ""));
        TRY_STATUS(gpu_.start(chunkBytes));
        backends_ = {cpu_.get(), &gpu_.backend()};
        return {};
    }

    [[nodiscard]] LoadSource source(int64_t gpuFree = plenty, int64_t cpuFree = plenty) const
    {
        return {*file_, config_, options, backends_, {cpuFree, gpuFree}};
    }
    [[nodiscard]] LoadCandidate candidate(int nGpuLayers, ExpertDevice experts = ExpertDevice::of_layer) const
    {
        return {.n_gpu_layers = nGpuLayers,
                .experts = experts,
                .n_ctx = options.n_ctx,
                .kv_type = options.kv_type};
    }
    /// What the layers take of the GPU and what is to stay free there.
    [[nodiscard]] int64_t gpuNeed(int nGpuLayers, ExpertDevice experts = ExpertDevice::of_layer) const
    {
        const LoadChoice choice = measure(source(), candidate(nGpuLayers, experts)).value();
        const DevicePlan& gpu = choice.plan.devices.back();
        return gpu.total() + gpu.headroom;
    }

    [[nodiscard]] const Config& config() const { return config_; }
    [[nodiscard]] const gguf::File& file() const { return *file_; }
    [[nodiscard]] std::span<Backend* const> backends() const { return backends_; }
    [[nodiscard]] const EmulatedGpu& gpu() const { return gpu_; }
    [[nodiscard]] std::vector<int32_t> tokens() const { return tokens_; }

    LoadOptions options;

private:
    EmulatedGpu gpu_;
    QTemporaryDir dir_;
    std::filesystem::path path_;
    std::vector<int32_t> tokens_;
    std::unique_ptr<gguf::File> file_;
    Config config_;
    std::unique_ptr<Backend> cpu_;
    std::vector<Backend*> backends_;
};

/// What the backends took of their devices since the last call.
class Taken {
public:
    explicit Taken(std::span<Backend* const> backends)
        : backends_(backends)
        , before_(backends.size())
    {
        next();
    }

    std::vector<int64_t> next()
    {
        std::vector<int64_t> taken;
        for (size_t i = 0; i < backends_.size(); ++i) {
            const int64_t now = backends_[i]->memory_used().kept;
            taken.push_back(now - std::exchange(before_[i], now));
        }
        return taken;
    }

    [[nodiscard]] std::vector<int64_t> total() const
    {
        std::vector<int64_t> total;
        for (const Backend* backend : backends_)
            total.push_back(backend->memory_used().total);
        return total;
    }

private:
    std::span<Backend* const> backends_;
    std::vector<int64_t> before_;
};

/// `part` is a member of each plan.
template <typename Part> std::vector<int64_t> planned(const std::vector<DevicePlan>& plans, Part part)
{
    std::vector<int64_t> bytes;
    for (const DevicePlan& plan : plans)
        bytes.push_back(std::invoke(part, plan));
    return bytes;
}

/// Runs a prompt that fills the context, and decodes at its end.
Status fillContext(const Model& model, State& state, const KvCache& cache, const RecurrentCache& recurrent,
                   std::span<const int32_t> tokens, int chunk)
{
    std::vector<int32_t> pages(static_cast<size_t>(cache.n_pages()));
    std::iota(pages.begin(), pages.end(), 0);
    const auto n = static_cast<int>(tokens.size());
    for (int past = 0; past < n; past += past + chunk < n ? chunk : 1) {
        const int count = std::min(past + chunk < n ? chunk : 1, n - past);
        std::vector<int32_t> positions(static_cast<size_t>(count));
        std::iota(positions.begin(), positions.end(), past);
        const BatchSequence sequence{0, count, past, pages, recurrent.n_slots() > 0 ? 0 : -1};
        const int32_t row = count - 1;
        TRY([[maybe_unused]] const auto logits,
            model.forward(state, cache,
                          {tokens.subspan(static_cast<size_t>(past), static_cast<size_t>(count)),
                           positions,
                           {&sequence, 1},
                           {&row, 1}},
                          recurrent));
    }
    return {};
}

} // namespace

/// The plan of what a model takes, and what is chosen by it.
class HipPlanTest : public QObject {
    Q_OBJECT

private slots:
    void planIsWhatIsTaken_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("n_gpu_layers");
        QTest::addColumn<bool>("cpu_experts");
        QTest::addColumn<qint64>("chunk");
        QTest::addColumn<KvType>("kvType");
        const qint64 chunk = HipOptions().chunk_bytes;
        QTest::newRow("dense, all on the CPU")
            << "llama3-rope-freqs" << 0 << false << qint64(0) << KvType::f32;
        QTest::newRow("dense, split") << "llama3-rope-freqs" << 1 << false << qint64(0) << KvType::f32;
        QTest::newRow("dense, all on the GPU")
            << "llama3-rope-freqs" << 99 << false << qint64(0) << KvType::f32;
        QTest::newRow("dense, in chunks") << "llama3-rope-freqs" << 99 << false << chunk << KvType::f32;
        QTest::newRow("8-bit cache, split") << "llama3-rope-freqs" << 1 << false << qint64(0) << KvType::q8_0;
        QTest::newRow("experts") << "qwen3moe" << 1 << false << qint64(0) << KvType::f32;
        QTest::newRow("experts on the CPU") << "qwen3moe" << 99 << true << qint64(0) << KvType::f32;
        QTest::newRow("experts, in chunks") << "gpt-oss" << 99 << false << chunk << KvType::f32;
        QTest::newRow("recurrent") << "granitehybrid" << 2 << false << qint64(0) << KvType::f32;
        QTest::newRow("delta net, in chunks") << "qwen3next" << 99 << false << chunk << KvType::f32;
        QTest::newRow("latent attention") << "deepseek2-mla" << 1 << false << qint64(0) << KvType::f32;
        QTest::newRow("latent attention, 8-bit cache")
            << "deepseek2-mla" << 99 << false << qint64(0) << KvType::q8_0;
        QTest::newRow("transposed latent attention")
            << "deepseek2" << 99 << false << qint64(0) << KvType::f32;
        QTest::newRow("shared keys") << "gemma4" << 2 << false << qint64(0) << KvType::f32;
        QTest::newRow("several streams") << "Gemma 3n" << 3 << false << qint64(0) << KvType::f32;
        QTest::newRow("recurrence beside attention") << "Falcon-H1" << 99 << false << chunk << KvType::f32;
        QTest::newRow("scaled matrices") << "BitNet" << 1 << false << qint64(0) << KvType::f32;
        QTest::newRow("experts of the layer's input") << "Arctic" << 99 << true << qint64(0) << KvType::f32;
    }
    void planIsWhatIsTaken()
    {
        QFETCH(QString, name);
        QFETCH(int, n_gpu_layers);
        QFETCH(bool, cpu_experts);
        QFETCH(qint64, chunk);
        QFETCH(KvType, kvType);
        if (name != "llama3-rope-freqs" && !restated(name))
            REQUIRE_GOLDEN();
        PlannedModel model(name);
        model.options.kv_type = kvType;
        QVERIFY(model.start(chunk));
        const LoadCandidate candidate =
            model.candidate(std::min(n_gpu_layers, model.config().n_layers),
                            cpu_experts ? ExpertDevice::cpu : ExpertDevice::of_layer);
        const LoadShape shape = measure(model.source(), candidate).value().shape;
        const auto plans = rehearse(model.source(), shape);
        QVERIFY2(plans, errorText(plans));

        Taken taken(model.backends());
        const auto loaded = Model::load(model.file(), model.config(), model.backends(), shape.placement,
                                        {.n_ctx = shape.n_ctx});
        QVERIFY2(loaded, errorText(loaded));
        QCOMPARE(taken.next(), planned(*plans, &DevicePlan::weights));
        const std::vector<Backend*> layers = (*loaded)->layer_backends();
        const auto cache = KvCache::create(layers, (*loaded)->kv_shapes(), shape.n_pages, shape.kv_type);
        QCOMPARE(taken.next(), planned(*plans, &DevicePlan::kv_cache));
        const auto recurrent = RecurrentCache::create(layers, (*loaded)->state_sizes(), shape.n_slots);
        QCOMPARE(taken.next(), planned(*plans, &DevicePlan::states));
        const int maxRows = model.options.prefill_chunk;
        auto state = (*loaded)->create_state(maxRows, std::min(max_running, maxRows));
        QVERIFY2(state, errorText(state));
        const Status largest = run_largest_steps(**loaded, *state, *cache, *recurrent, shape);
        QVERIFY2(largest, errorText(largest));
        QCOMPARE(taken.total(), planned(*plans, &DevicePlan::total));

        // Others take no more.
        const auto tokens = model.tokens();
        const Status filled = fillContext(**loaded, *state, *cache, *recurrent, tokens, maxRows);
        QVERIFY2(filled, errorText(filled));
        QCOMPARE(taken.total(), planned(*plans, &DevicePlan::total));
        QCOMPARE(model.gpu().backend().memory_used().total, usedOf(model.gpu()));
    }

    void asManyLayersAsFitAreTaken()
    {
        PlannedModel model("llama3-rope-freqs");
        QVERIFY(model.start());
        for (int n = 1; n <= model.config().n_layers; ++n) {
            const auto fitting = choose_load(model.source(model.gpuNeed(n)));
            QVERIFY2(fitting, errorText(fitting));
            QCOMPARE(fitting->shape.placement.n_layers_on(1), n);
            const auto short_by_one = choose_load(model.source(model.gpuNeed(n) - 1));
            QVERIFY2(short_by_one, errorText(short_by_one));
            QCOMPARE(short_by_one->shape.placement.n_layers_on(1), n - 1);
        }
    }

    void largerCacheIsTakenWhereThereIsRoom()
    {
        PlannedModel model("llama3-rope-freqs");
        QVERIFY(model.start());
        QCOMPARE(choose_load(model.source(plenty))->plan.kv_tokens, 2 * model.options.n_ctx);
        QCOMPARE(choose_load(model.source(model.gpuNeed(model.config().n_layers)))->plan.kv_tokens,
                 model.options.n_ctx);
        model.options.kv_tokens = 96;
        QCOMPARE(choose_load(model.source(plenty))->plan.kv_tokens, 96);
    }

    void shortfallIsExplainedWithWhatFits_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<KvType>("kvType");
        QTest::addColumn<QString>("option");
        const QString small = "llama3-rope-freqs";
        QTest::newRow("fewer layers") << small << KvType::f32 << "1 of 2 layers on the GPU (";
        QTest::newRow("shorter context") << small << KvType::f32 << "a context of 512 tokens (";
        QTest::newRow("smaller cache") << small << KvType::f32 << "This would fit: an F16 KV cache (";
        QTest::newRow("smallest cache") << small << KvType::f16 << "This would fit: a Q8_0 KV cache (";
        QTest::newRow("no smaller cache") << small << KvType::q8_0 << "This would fit: a context of 512";
        QTest::newRow("experts") << "qwen3moe" << KvType::f32 << "the experts on the CPU (";
    }
    void shortfallIsExplainedWithWhatFits()
    {
        QFETCH(QString, name);
        QFETCH(KvType, kvType);
        QFETCH(QString, option);
        if (name != "llama3-rope-freqs")
            REQUIRE_GOLDEN();
        PlannedModel model(name);
        model.options.n_ctx = 1024;
        model.options.n_gpu_layers = LoadOptions::all_layers;
        model.options.kv_type = kvType;
        QVERIFY(model.start());
        const int64_t need = model.gpuNeed(model.config().n_layers);
        constexpr int64_t short_by = 4096;
        const auto choice = choose_load(model.source(need - short_by));
        QVERIFY(!choice);
        QCOMPARE(choice.error().kind, ErrorKind::out_of_memory);
        const QString message = QString::fromStdString(choice.error().message);
        QVERIFY2(message.contains("1 MiB are missing"), qPrintable(message));
        QVERIFY2(message.contains("Emulated GPU"), qPrintable(message));
        const QString remedy = QString::fromStdString(choice.error().remedy);
        QVERIFY2(remedy.contains(option), qPrintable(remedy));
        static const QRegularExpression last("layers on the GPU \\([1-9] MiB\\)\\.$");
        QVERIFY2(remedy.contains(last), qPrintable(remedy)); // what is slow comes last
    }

    void modelThatFitsNowhereIsRefused()
    {
        PlannedModel model("llama3-rope-freqs");
        QVERIFY(model.start());
        const auto choice = choose_load(model.source(0, 1 << 20));
        QVERIFY(!choice);
        QVERIFY(QString::fromStdString(choice.error().message).contains("CPU"));
        QVERIFY(QString::fromStdString(choice.error().remedy).startsWith("Close other programs"));
    }

private:
    /// By the emulator's own account.
    static int64_t usedOf(const EmulatedGpu& gpu)
    {
        size_t free = 0, total = 0;
        static_cast<void>(gpu.runtime().api().hipMemGetInfo(&free, &total));
        return static_cast<int64_t>(total - free);
    }
};

QTEST_GUILESS_MAIN(HipPlanTest)
#include "hip_plan_test.moc"
