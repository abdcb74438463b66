// Whatever was computed before, and in whatever chunks: a prompt's logits are those from scratch. Over
// every architecture there is reference data of, with prompts that continue, repeat, cut and edit
// earlier ones, two at a time, on a cache that is too small for all of them.
#include "backend/cpu/cpu_backend.h"
#include "backend/cpu/reference.h"
#include "kv/prefix_cache.h"
#include "model_session.h"

#include <random>

using namespace rocmforge;
using namespace rocmforge::test;

namespace {

using Tokens = std::vector<int32_t>;

constexpr int longest_prompt = 150;
constexpr int n_pages = 12;
constexpr int n_slots = 5;

class Chance {
public:
    explicit Chance(unsigned seed)
        : random_(seed)
    {
    }
    int operator()(int least, int most) { return std::uniform_int_distribution(least, most)(random_); }
    bool percent(int p) { return (*this)(0, 99) < p; }

private:
    std::mt19937 random_;
};

/// A prompt like those of a conversation that goes on, is repeated, cut, edited or begun anew.
Tokens nextPrompt(Chance& chance, const std::vector<Tokens>& earlier, int vocabSize)
{
    Tokens prompt;
    if (!earlier.empty() && chance.percent(85))
        prompt = earlier[size_t(chance(0, int(earlier.size()) - 1))];
    if (!prompt.empty() && chance.percent(50))
        prompt.resize(size_t(chance(1, int(prompt.size()))));
    for (int n = chance.percent(25) ? 0 : chance(0, 70); n > 0 || prompt.empty(); --n)
        prompt.push_back(chance(0, vocabSize - 1));
    prompt.resize(std::min(prompt.size(), size_t(longest_prompt)));
    return prompt;
}

/// A prompt under way, and the logits of what was computed of it.
struct Job {
    Tokens tokens;
    PageTable table;
    int n_reused = 0;
    std::vector<float> logits;

    [[nodiscard]] int nPending() const { return int(tokens.size()) - table.n_tokens; }
};

/// A model whose prompts share one cache.
class SharedCache {
public:
    static Result<SharedCache> open(ModelSession& session, Backend& backend)
    {
        SharedCache shared(session.model());
        const Model& model = session.model();
        TRY(shared.kv_, KvCache::create(backend, model.kv_shapes(), n_pages, KvType::f32));
        const bool hasStates = RecurrentCache::slot_bytes(model.state_sizes()) > 0;
        TRY(shared.recurrent_, RecurrentCache::create(backend, model.state_sizes(), hasStates ? n_slots : 0));
        TRY(shared.state_, model.create_state(2 * longest_prompt, 2 * longest_prompt));
        return shared;
    }

    /// Computes what is not cached of each job, in chunks of random sizes.
    Status run(std::span<Job> jobs, Chance& chance)
    {
        PrefixCache& cache = prefixCache();
        for (Job& job : jobs)
            job.n_reused = cache.reuse(job.table, job.tokens);
        while (std::ranges::any_of(jobs, [](const Job& job) { return job.nPending() > 0; }))
            TRY_STATUS(step(jobs, chance));
        for (Job& job : jobs)
            if (chance.percent(85))
                cache.release(job.table, job.tokens);
            else
                cache.discard(job.table);
        return {};
    }

private:
    explicit SharedCache(const Model& model)
        : model_(&model)
    {
    }

    PrefixCache& prefixCache()
    {
        if (!cache_)
            cache_ = std::make_unique<PrefixCache>(
                n_pages, [this](int32_t to, int32_t from) { kv_.copy_page(to, from); }, recurrent_.n_slots(),
                [this](int32_t to, int32_t from) { recurrent_.copy_slot(to, from); });
        return *cache_;
    }

    Status step(std::span<Job> jobs, Chance& chance)
    {
        Tokens tokens, positions, rows;
        std::vector<BatchSequence> sequences;
        std::vector<Job*> taking;
        for (Job& job : jobs) {
            const int toBorder = page_tokens - job.table.n_tokens % page_tokens;
            const int n = std::min(job.nPending(), chance.percent(60) ? toBorder : chance(0, 40));
            if (n == 0)
                continue;
            const int past = job.table.n_tokens;
            if (cache_->reserve(job.table, past + n) < past + n)
                return fail(ErrorKind::out_of_memory, "The cache is too small for the test.");
            sequences.push_back({int(tokens.size()), n, past, job.table.pages, job.table.slot});
            taking.push_back(&job);
            for (int i = past; i < past + n; ++i) {
                tokens.push_back(job.tokens[size_t(i)]);
                positions.push_back(i);
                rows.push_back(int(rows.size()));
            }
        }
        if (tokens.empty())
            return {};
        TRY(const auto logits,
            model_->forward(state_, kv_, {tokens, positions, sequences, rows}, recurrent_));
        for (size_t i = 0; i < taking.size(); ++i)
            commit(*taking[i], sequences[i], logits, chance);
        return {};
    }

    void commit(Job& job, const BatchSequence& sequence, std::span<const float> logits, Chance& chance)
    {
        const auto width = size_t(model_->config().vocab_size);
        const auto own =
            logits.subspan(size_t(sequence.first_row) * width, size_t(sequence.n_tokens) * width);
        job.logits.insert(job.logits.end(), own.begin(), own.end());
        const int n = job.table.n_tokens + sequence.n_tokens;
        cache_->commit(job.table, std::span(job.tokens).first(size_t(n)));
        if (chance.percent(70))
            cache_->checkpoint(job.table,
                               chance.percent(50) ? Checkpoints::Worth::likely : Checkpoints::Worth::spare);
    }

    const Model* model_;
    KvCache kv_;
    RecurrentCache recurrent_;
    State state_;
    std::unique_ptr<PrefixCache> cache_;
};

} // namespace

class PrefixPropertyTest : public QObject {
    Q_OBJECT

private slots:
    void logitsDoNotDependOnWhatIsCached_data();
    void logitsDoNotDependOnWhatIsCached();
};

void PrefixPropertyTest::logitsDoNotDependOnWhatIsCached_data()
{
    REQUIRE_GOLDEN();
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("backend");
    for (const auto& entry : std::filesystem::directory_iterator(goldenDir() / "models"))
        if (entry.path().extension() == ".gguf")
            for (const char* backend : {"reference", "simd"})
                QTest::addRow("%s/%s", entry.path().stem().c_str(), backend)
                    << QString::fromStdString(entry.path().string()) << QString(backend);
}

void PrefixPropertyTest::logitsDoNotDependOnWhatIsCached()
{
    QFETCH(QString, path);
    QFETCH(QString, backend);
    const bool simd = backend == "simd";
    std::unique_ptr<Backend> device = std::make_unique<CpuReference>();
    if (simd)
        device = create_cpu_backend(2, "").value();
    auto session = ModelSession::open(path.toStdString(), *device, KvType::f32, longest_prompt);
    QVERIFY2(session, errorText(session));
    if (simd && session->model().config().experts.n_experts > 0)
        QSKIP("rounding may choose another expert");
    auto shared = SharedCache::open(*session, *device);
    QVERIFY2(shared, errorText(shared));

    Chance chance(1);
    std::vector<Tokens> prompts;
    int n_reused = 0;
    for (int round = 0; round < 6; ++round) {
        std::vector<Job> jobs(2);
        for (Job& job : jobs)
            job.tokens = prompts.emplace_back(nextPrompt(chance, prompts, session->vocabSize()));
        const Status status = shared->run(jobs, chance);
        QVERIFY2(status, status ? "" : status.error().message.c_str());
        for (const Job& job : jobs) {
            session->clear();
            const auto scratch = session->run(job.tokens);
            QVERIFY2(scratch, errorText(scratch));
            const auto expected = std::span(*scratch).last(job.logits.size());
            QCOMPARE_LT(nmse(job.logits, expected), simd ? 1e-9 : 1e-20);
            n_reused += job.n_reused;
        }
    }
    QVERIFY(n_reused > 0);
}

QTEST_APPLESS_MAIN(PrefixPropertyTest)
#include "prefix_property_test.moc"
