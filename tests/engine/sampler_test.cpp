#include "sampling/sampler.h"

#include <QtTest>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <random>

using namespace rocmforge;

namespace {

constexpr float infinite = std::numeric_limits<float>::infinity();
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

using Logits = std::vector<float>;
using Probabilities = std::vector<double>;

/// Everything off, temperature 1.
SamplingParameters plain()
{
    return {.temperature = 1, .top_k = 0, .top_p = 1, .min_p = 0};
}

Logits log_of(const Probabilities& probabilities)
{
    Logits logits;
    for (const double p : probabilities)
        logits.push_back(p > 0 ? static_cast<float>(std::log(p)) + 3.0f : -infinite);
    return logits;
}

Logits random_logits(size_t n, unsigned seed, float spread)
{
    std::mt19937 random(seed);
    std::normal_distribution<float> normal(0, spread);
    Logits logits(n);
    std::ranges::generate(logits, [&] { return normal(random); });
    return logits;
}

/// The distribution by its definition: sort everything, walk.
Probabilities reference(const Logits& logits, const SamplingParameters& p)
{
    std::vector<size_t> order(logits.size());
    for (size_t i = 0; i < order.size(); ++i)
        order[i] = i;
    std::ranges::sort(order, {}, [&](size_t i) { return std::pair(-logits[i], i); });
    if (p.top_k > 0 && static_cast<size_t>(p.top_k) < order.size())
        order.resize(static_cast<size_t>(p.top_k));
    const double best = logits[order.front()];
    double total = 0, sum = 0;
    for (const size_t i : order)
        total += std::exp(logits[i] - best);
    size_t kept = 0;
    while (kept < order.size()
           && (kept == 0 || (sum < p.top_p * total && std::exp(logits[order[kept]] - best) >= p.min_p)))
        sum += std::exp(logits[order[kept++]] - best);
    order.resize(kept);
    Probabilities result(logits.size());
    double weights = 0;
    for (const size_t i : order)
        weights += result[i] = std::exp((logits[i] - best) / p.temperature);
    for (double& r : result)
        r /= weights;
    return result;
}

} // namespace

class SamplerTest : public QObject {
    Q_OBJECT

private:
    Sampler sampler_;

    static void settings();

    /// The token drawn at position n.
    int32_t at(const Logits& logits, const SamplingParameters& parameters, size_t n, uint64_t seed = 7)
    {
        const std::vector<int32_t> tokens(n, 0);
        return sampler_.sample(logits, tokens, parameters, seed).value();
    }

private slots:
    void greedyTakesTheFirstOfTheBest();
    void drawsFollowTheDistribution_data();
    void drawsFollowTheDistribution();
    void filtersOfALargeVocabularyKeepExactlyTheDefinedSet_data();
    void filtersOfALargeVocabularyKeepExactlyTheDefinedSet();
    void sameSeedAndPositionGiveTheSameToken();
    void penalties_data();
    void penalties();
    void penaltyLooksBackOnlyAsFarAsItsWindow();
    void unusableLogitsAreAnError_data();
    void unusableLogitsAreAnError();
    void excludedTokensAreNeverDrawn();
    void extremeTemperaturesAreHarmless();
    void candidatesAreTheMostProbableTokens_data() { settings(); }
    void candidatesAreTheMostProbableTokens();
    void candidatesDoNotChangeTheToken_data() { settings(); }
    void candidatesDoNotChangeTheToken();
    void fewTokensAreFewCandidates();
    void probabilityIsOfTheDrawnTokenToo();
    void keptCandidatesAreForeseen_data() { settings(); }
    void keptCandidatesAreForeseen();
    void keptCandidatesBeyondThoseKnownAreEstimated();
    void senselessParametersAreNamed_data();
    void senselessParametersAreNamed();
};

void SamplerTest::greedyTakesTheFirstOfTheBest()
{
    SamplingParameters greedy = plain();
    greedy.temperature = 0;
    QCOMPARE(at({1, 5, 3, 5, -infinite}, greedy, 0), 1);
    SamplingParameters only_one = plain();
    only_one.top_k = 1;
    QCOMPARE(at({1, 5, 3, 5, -infinite}, only_one, 0), 1);
}

void SamplerTest::drawsFollowTheDistribution_data()
{
    QTest::addColumn<Probabilities>("probabilities");
    QTest::addColumn<SamplingParameters>("parameters");
    const Probabilities p = {0.05, 0.4, 0.1, 0.25, 0.0, 0.15, 0.05};
    const auto with = [](auto change) {
        SamplingParameters parameters = plain();
        change(parameters);
        return parameters;
    };
    QTest::newRow("plain") << p << plain();
    QTest::newRow("hot") << p << with([](auto& s) { s.temperature = 2; });
    QTest::newRow("cold") << p << with([](auto& s) { s.temperature = 0.5; });
    QTest::newRow("top-k") << p << with([](auto& s) { s.top_k = 3; });
    QTest::newRow("top-p") << p << with([](auto& s) { s.top_p = 0.7f; });
    QTest::newRow("min-p") << p << with([](auto& s) { s.min_p = 0.3f; });
    QTest::newRow("top-k before top-p") << p << with([](auto& s) {
        s.top_k = 3;
        s.top_p = 0.8f;
    });
    QTest::newRow("filters before temperature") << p << with([](auto& s) {
        s.temperature = 3;
        s.top_p = 0.7f;
    });
    QTest::newRow("uniform") << Probabilities(20, 0.05) << plain();
}

void SamplerTest::drawsFollowTheDistribution()
{
    QFETCH(const Probabilities, probabilities);
    QFETCH(const SamplingParameters, parameters);
    const Logits logits = log_of(probabilities);
    const Probabilities expected = reference(logits, parameters);
    constexpr int n = 20'000;
    std::vector<int> counts(logits.size());
    for (uint64_t seed = 0; seed < n; ++seed)
        ++counts[static_cast<size_t>(at(logits, parameters, 5, seed))];
    double chi_square = 0;
    for (size_t i = 0; i < counts.size(); ++i) {
        if (expected[i] == 0)
            QCOMPARE(counts[i], 0);
        else
            chi_square += std::pow(counts[i] - n * expected[i], 2) / (n * expected[i]);
    }
    // p = 0.001 at the 19 degrees of freedom of the largest case.
    QVERIFY2(chi_square < 43.8, qPrintable(QString::number(chi_square)));
}

void SamplerTest::filtersOfALargeVocabularyKeepExactlyTheDefinedSet_data()
{
    QTest::addColumn<float>("spread");
    QTest::addColumn<SamplingParameters>("parameters");
    const auto row = [](const char* name, float spread, int top_k, float top_p, float min_p) {
        QTest::newRow(name) << spread
                            << SamplingParameters{
                                   .temperature = 1, .top_k = top_k, .top_p = top_p, .min_p = min_p};
    };
    row("top-k", 3, 40, 1, 0);
    row("top-k beyond the vocabulary", 3, 1'000'000, 0.9f, 0);
    row("top-p of a peaked distribution", 6, 0, 0.95f, 0);
    row("top-p of a flat distribution", 0.1f, 0, 0.5f, 0);
    row("top-p of equal logits", 0, 0, 0.01f, 0);
    row("nothing but the best", 3, 0, 0, 0);
    row("nearly all", 9, 0, 0.9999999f, 0);
    row("min-p", 3, 0, 1, 0.01f);
    row("all three", 3, 100, 0.8f, 0.1f);
}

void SamplerTest::filtersOfALargeVocabularyKeepExactlyTheDefinedSet()
{
    QFETCH(const float, spread);
    QFETCH(const SamplingParameters, parameters);
    const Logits logits = spread > 0 ? random_logits(20'000, 3, spread) : Logits(20'000, 1.0f);
    const float best = *std::ranges::max_element(logits);
    Candidates candidates, scratch;
    if (parameters.top_k > 0)
        collect_top_k(candidates, logits, static_cast<size_t>(parameters.top_k));
    else
        collect_all(candidates, logits);
    if (parameters.top_p < 1)
        keep_top_p(candidates, parameters.top_p, best, scratch);
    if (parameters.min_p > 0)
        keep_min_p(candidates, parameters.min_p, best);

    std::vector<int32_t> expected, kept;
    const Probabilities probabilities = reference(logits, parameters);
    for (size_t i = 0; i < probabilities.size(); ++i)
        if (probabilities[i] > 0)
            expected.push_back(static_cast<int32_t>(i));
    for (const Candidate& candidate : candidates)
        kept.push_back(candidate.token);
    std::vector<int32_t> different;
    std::ranges::set_symmetric_difference(kept, expected, std::back_inserter(different));
    QVERIFY2(different.size() <= 1, "more than rounding of the sums can explain");
}

void SamplerTest::sameSeedAndPositionGiveTheSameToken()
{
    const Logits logits = random_logits(1000, 1, 1);
    std::map<int32_t, int> seen;
    for (size_t position = 0; position < 50; ++position) {
        const int32_t token = at(logits, plain(), position);
        Sampler other;
        QCOMPARE(other.sample(logits, std::vector<int32_t>(position, 0), plain(), 7).value(), token);
        ++seen[token];
    }
    QVERIFY(seen.size() > 30); // other positions, other tokens
    QVERIFY(at(logits, plain(), 3, 1) != at(logits, plain(), 3, 2));
}

void SamplerTest::penalties_data()
{
    QTest::addColumn<SamplingParameters>("parameters");
    QTest::addColumn<int>("best");
    const auto row = [](const char* name, auto change, int best) {
        SamplingParameters parameters = plain();
        parameters.temperature = 0;
        change(parameters);
        QTest::newRow(name) << parameters << best;
    };
    // Logits 4.0 3.9 -1 3.0; token 0 occurred three times, token 1 once, token 2 once.
    row("none", [](auto&) { }, 0);
    row("repetition", [](auto& p) { p.repetition_penalty = 1.5f; }, 3);
    row("repetition below one favours", [](auto& p) { p.repetition_penalty = 0.5f; }, 0);
    row("presence counts once", [](auto& p) { p.presence_penalty = 0.5f; }, 0);
    row("presence", [](auto& p) { p.presence_penalty = 1.5f; }, 3);
    row("frequency counts occurrences", [](auto& p) { p.frequency_penalty = 0.2f; }, 1);
    row("negative frequency", [](auto& p) { p.frequency_penalty = -2.0f; }, 0);
    row(
        "no window",
        [](auto& p) {
            p.presence_penalty = 1.5f;
            p.penalty_window = 0;
        },
        0);
}

void SamplerTest::penalties()
{
    QFETCH(const SamplingParameters, parameters);
    const Logits logits = {4.0f, 3.9f, -1.0f, 3.0f};
    const std::vector<int32_t> tokens = {0, 1, 0, 2, 0};
    QTEST(sampler_.sample(logits, tokens, parameters, 0).value(), "best");
}

void SamplerTest::penaltyLooksBackOnlyAsFarAsItsWindow()
{
    SamplingParameters parameters = plain();
    parameters.temperature = 0;
    parameters.presence_penalty = 2;
    const Logits logits = {4, 3, 2.5f};
    const std::vector<int32_t> tokens = {0, 1, 1, 1};
    parameters.penalty_window = 3;
    QCOMPARE(sampler_.sample(logits, tokens, parameters, 0).value(), 0);
    parameters.penalty_window = 4;
    QCOMPARE(sampler_.sample(logits, tokens, parameters, 0).value(), 2);
    parameters.penalty_window = -1;
    QCOMPARE(sampler_.sample(logits, tokens, parameters, 0).value(), 2);
}

void SamplerTest::unusableLogitsAreAnError_data()
{
    QTest::addColumn<Logits>("logits");
    QTest::addColumn<QString>("what");
    QTest::newRow("NaN") << Logits{1, 2, not_a_number, 4} << "not a number for token 2";
    QTest::newRow("NaN first") << Logits{not_a_number, 2, 1, 4} << "not a number for token 0";
    QTest::newRow("infinite") << Logits{1, infinite} << "infinite for token 1";
    QTest::newRow("all excluded") << Logits{-infinite, -infinite} << "excludes every token";
    QTest::newRow("none") << Logits{} << "excludes every token";
}

void SamplerTest::unusableLogitsAreAnError()
{
    QFETCH(const Logits, logits);
    QFETCH(const QString, what);
    SamplingParameters greedy = plain();
    greedy.temperature = 0;
    for (const SamplingParameters& parameters : {plain(), greedy, SamplingParameters{}}) {
        const auto result = sampler_.sample(logits, {}, parameters, 1);
        QVERIFY(!result);
        QCOMPARE(result.error().kind, ErrorKind::device_error);
        QVERIFY2(result.error().message.contains(what.toStdString()), result.error().message.c_str());
        QVERIFY(!result.error().remedy.empty());
    }
}

void SamplerTest::excludedTokensAreNeverDrawn()
{
    Logits logits(100, -infinite);
    logits[17] = -80;
    logits[99] = -80;
    for (const int top_k : {0, 1, 5, 1000}) {
        SamplingParameters parameters = plain();
        parameters.top_k = top_k;
        for (size_t position = 0; position < 50; ++position) {
            const int32_t token = at(logits, parameters, position);
            QVERIFY(token == 17 || token == 99);
        }
    }
}

void SamplerTest::extremeTemperaturesAreHarmless()
{
    const Logits logits = {1, 3.5f, 3.4f, std::numeric_limits<float>::lowest()};
    SamplingParameters parameters = plain();
    parameters.temperature = std::numeric_limits<float>::denorm_min();
    QCOMPARE(at(logits, parameters, 0), 1);
    parameters.temperature = 1000;
    std::map<int32_t, int> seen;
    for (size_t position = 0; position < 200; ++position)
        ++seen[at(logits, parameters, position)];
    QCOMPARE(seen.size(), size_t{3});
}

void SamplerTest::settings()
{
    QTest::addColumn<SamplingParameters>("parameters");
    const auto row = [](const char* name, int top_k, float top_p, float min_p) {
        QTest::newRow(name) << SamplingParameters{
            .temperature = 1.3f, .top_k = top_k, .top_p = top_p, .min_p = min_p};
    };
    row("everything kept", 0, 1, 0);
    row("top-k", 7, 1, 0);
    row("top-k of one", 1, 1, 0);
    row("top-k of as many", 30, 1, 0);
    row("top-k and top-p", 20, 0.9f, 0);
    row("top-p", 0, 0.6f, 0);
    row("top-p of nothing", 0, 0, 0);
    row("min-p", 0, 1, 0.1f);
    row("all three", 25, 0.95f, 0.05f);
    QTest::newRow("greedy") << SamplingParameters{.temperature = 0};
    QTest::newRow("penalties") << SamplingParameters{.temperature = 0.7f,
                                                     .top_k = 12,
                                                     .repetition_penalty = 1.4f,
                                                     .presence_penalty = 0.3f,
                                                     .frequency_penalty = 0.2f};
}

/// By their definition, in double precision.
void SamplerTest::candidatesAreTheMostProbableTokens()
{
    QFETCH(const SamplingParameters, parameters);
    constexpr std::array<int32_t, 6> tokens = {5, 9, 5, 77, 500, 5};
    for (const unsigned seed : {1u, 2u, 3u}) {
        Logits logits = random_logits(1000, seed, 2.5f);
        for (size_t i = 0; i < logits.size(); ++i)
            logits[i] = i % 11 == 4 ? -infinite : std::round(logits[i] * 4) / 4; // many are equal
        const auto drawn =
            sampler_.sample_with_candidates(logits, tokens, parameters, seed, max_token_candidates);
        QVERIFY(drawn);

        for (const int32_t token : {5, 9, 77, 500}) {
            if (parameters.repetition_penalty == 1)
                break;
            float& logit = logits[static_cast<size_t>(token)];
            logit = logit > 0 ? logit / parameters.repetition_penalty : logit * parameters.repetition_penalty;
            logit = logit - parameters.presence_penalty
                - parameters.frequency_penalty * static_cast<float>(std::ranges::count(tokens, token));
        }
        SamplingParameters kept_by = parameters;
        kept_by.top_k = parameters.temperature == 0 ? 1 : parameters.top_k;
        kept_by.temperature = 1;
        const Probabilities all = reference(logits, plain()), kept = reference(logits, kept_by);
        std::vector<size_t> order(logits.size());
        std::ranges::generate(order, [i = size_t{0}]() mutable { return i++; });
        std::ranges::sort(order, {}, [&](size_t i) { return std::pair(-logits[i], i); });

        QCOMPARE(drawn->candidates.size(), size_t{max_token_candidates});
        for (size_t i = 0; i < drawn->candidates.size(); ++i) {
            const TokenCandidate& candidate = drawn->candidates[i];
            QCOMPARE(candidate.token, static_cast<int32_t>(order[i]));
            QVERIFY(std::abs(candidate.probability - all[order[i]]) < 1e-6);
            QCOMPARE(candidate.kept, kept[order[i]] > 0);
        }
    }
}

void SamplerTest::candidatesDoNotChangeTheToken()
{
    QFETCH(const SamplingParameters, parameters);
    const Logits logits = random_logits(3000, 5, 2);
    for (size_t n = 0; n < 50; ++n) {
        const std::vector<int32_t> tokens(n, 3);
        const auto none = sampler_.sample_with_candidates(logits, tokens, parameters, 7, 0);
        const auto some = sampler_.sample_with_candidates(logits, tokens, parameters, 7, 10);
        QVERIFY(none && some);
        QCOMPARE(some->token, none->token);
        QCOMPARE(some->token, sampler_.sample(logits, tokens, parameters, 7).value());
        QCOMPARE(some->candidates.size(), size_t{10});
        QVERIFY(none->candidates.empty());
    }
}

void SamplerTest::fewTokensAreFewCandidates()
{
    const Logits logits = {-infinite, 2, -infinite, 2, 1};
    const auto drawn = sampler_.sample_with_candidates(logits, {}, plain(), 1, max_token_candidates).value();
    QCOMPARE(drawn.candidates.size(), size_t{3});
    const auto e = static_cast<float>(std::exp(1.0));
    const std::vector<TokenCandidate> expected = {
        {1, e / (2 * e + 1), true}, {3, e / (2 * e + 1), true}, {4, 1 / (2 * e + 1), true}};
    for (size_t i = 0; i < expected.size(); ++i) {
        QCOMPARE(drawn.candidates[i].token, expected[i].token);
        QCOMPARE(drawn.candidates[i].probability, expected[i].probability);
        QCOMPARE(drawn.candidates[i].kept, expected[i].kept);
    }
    QVERIFY(!sampler_.sample_with_candidates(Logits{-infinite}, {}, plain(), 1, 3));
}

/// Which may not be among the candidates.
void SamplerTest::probabilityIsOfTheDrawnTokenToo()
{
    const Logits logits = random_logits(500, 9, 0.5f);
    const Probabilities expected = reference(logits, plain());
    int n_others = 0;
    for (size_t n = 0; n < 40; ++n) {
        const std::vector<int32_t> tokens(n, 0);
        const auto drawn = sampler_.sample_with_candidates(logits, tokens, plain(), 3, 5).value();
        QVERIFY(std::abs(drawn.probability - expected[static_cast<size_t>(drawn.token)]) < 1e-6);
        n_others += std::ranges::find(drawn.candidates, drawn.token, &TokenCandidate::token)
            == drawn.candidates.end();
    }
    QVERIFY(n_others > 20);
}

/// mark_kept() knows from the candidates alone what the sampler keeps.
void SamplerTest::keptCandidatesAreForeseen()
{
    QFETCH(const SamplingParameters, parameters);
    for (unsigned seed = 0; seed < 20; ++seed) {
        const Logits logits = random_logits(2000, seed, 3);
        const auto drawn =
            sampler_.sample_with_candidates(logits, {}, parameters, seed, max_token_candidates).value();
        std::vector<TokenCandidate> foreseen = drawn.candidates;
        for (TokenCandidate& candidate : foreseen)
            candidate.kept = !candidate.kept;
        mark_kept(foreseen, parameters);
        QCOMPARE(foreseen, drawn.candidates);
    }
}

void SamplerTest::keptCandidatesBeyondThoseKnownAreEstimated()
{
    // Ten tokens known of which each has 1 %: of the best 20, half the probability is that of 10.
    std::vector<TokenCandidate> candidates(10, TokenCandidate{.probability = 0.01f});
    const auto n_kept = [&](int top_k, float top_p) {
        mark_kept(candidates, {.temperature = 1, .top_k = top_k, .top_p = top_p, .min_p = 0});
        return std::ranges::count(candidates, true, &TokenCandidate::kept);
    };
    QCOMPARE(n_kept(20, 0.33f), 7);
    QCOMPARE(n_kept(20, 0.9f), 10);
    QCOMPARE(n_kept(1000, 0.045f), 5); // not more than there is
    candidates.clear();
    QCOMPARE(n_kept(1, 0.5f), 0);
}

void SamplerTest::senselessParametersAreNamed_data()
{
    QTest::addColumn<SamplingParameters>("parameters");
    QTest::addColumn<QString>("named");
    QTest::newRow("defaults") << SamplingParameters{} << "";
    QTest::newRow("cold") << SamplingParameters{.temperature = -1} << "temperature";
    QTest::newRow("NaN") << SamplingParameters{.temperature = not_a_number} << "temperature";
    QTest::newRow("top-k") << SamplingParameters{.top_k = -1} << "top-k";
    QTest::newRow("top-p") << SamplingParameters{.top_p = 1.5f} << "top-p";
    QTest::newRow("min-p") << SamplingParameters{.min_p = -0.1f} << "min-p";
    QTest::newRow("repetition") << SamplingParameters{.repetition_penalty = 0} << "repetition";
    QTest::newRow("presence") << SamplingParameters{.presence_penalty = infinite} << "presence";
    QTest::newRow("frequency") << SamplingParameters{.frequency_penalty = not_a_number} << "frequency";
    QTest::newRow("window") << SamplingParameters{.penalty_window = -2} << "window";
}

void SamplerTest::senselessParametersAreNamed()
{
    QFETCH(const SamplingParameters, parameters);
    QFETCH(const QString, named);
    const Status status = validate(parameters);
    QCOMPARE(status.has_value(), named.isEmpty());
    if (!status) {
        QCOMPARE(status.error().kind, ErrorKind::invalid_request);
        QVERIFY(status.error().message.contains(named.toStdString()));
    }
}

QTEST_APPLESS_MAIN(SamplerTest)
#include "sampler_test.moc"
