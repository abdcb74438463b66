// Embedding models against a plain restatement, and what becomes of their states.
#include "backend/cpu/cpu_backend.h"
#include "plain_encoder.h"
#include "scheduler/load_choice.h"

#include "support/golden.h"

#include <rocmforge/engine.h>

#include <QTemporaryDir>
#include <QtTest>

using namespace rocmforge;
using namespace rocmforge::test;

namespace {

using Unit = Encoder::Unit;

const Encoder encoders[] = {
    {.architecture = "bert", .learnedPositions = true, .biases = true},
    {.architecture = "nomic-bert",
     .rotated = true,
     .mergedQkv = true,
     .unit = Unit::gated,
     .silu = true,
     .theta = 1000},
    {.architecture = "jina-bert-v2", .alibi = true, .biases = true, .unit = Unit::gated},
    {.architecture = "jina-bert-v2",
     .alibi = true,
     .biases = true,
     .headNorms = true,
     .secondNorm = true,
     .unit = Unit::gatedMerged},
    {.architecture = "jina-bert-v3", .rotated = true, .mergedQkv = true, .biases = true},
    {.architecture = "nomic-bert-moe", .rotated = true, .mergedQkv = true, .biases = true, .expertPeriod = 2},
    {.architecture = "modern-bert",
     .rotated = true,
     .tokenTypes = false,
     .mergedQkv = true,
     .unit = Unit::gatedMerged,
     .normsBefore = true,
     .window = 20,
     .theta = 160000,
     .windowTheta = 5000},
};

/// A WordPiece vocabulary of single letters: "abc" is three tokens between [CLS] and [SEP].
void setVocabulary(TinyModel& model)
{
    std::vector<std::string> tokens = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};
    std::vector<int32_t> types = {3, 2, 3, 3, 3};
    for (char c = 'a'; c <= 'z'; ++c) {
        tokens.push_back("\u2581" + std::string(1, c));
        tokens.emplace_back(1, c);
    }
    while (int(tokens.size()) < encoderVocab)
        tokens.push_back("[unused" + std::to_string(tokens.size()) + "]");
    types.resize(tokens.size(), 1);
    model.set("tokenizer.ggml.model", std::string("bert"));
    model.set("tokenizer.ggml.tokens", tokens);
    model.set("tokenizer.ggml.token_type", types);
    model.set("tokenizer.ggml.token_type_count", uint32_t{2});
    model.set("tokenizer.ggml.unknown_token_id", uint32_t{1});
    model.set("tokenizer.ggml.cls_token_id", uint32_t{2});
    model.set("tokenizer.ggml.seperator_token_id", uint32_t{3});
    model.set("tokenizer.ggml.padding_token_id", uint32_t{0});
}

/// The Unigram vocabulary of multilingual models: "ab c" is "▁", "ab" and "▁c" between <s> and </s>.
void setUnigramVocabulary(TinyModel& model)
{
    std::vector<std::string> tokens = {"<s>", "<pad>", "</s>", "<unk>", "\u2581", "a", "b", "ab", "\u2581c"};
    std::vector<float> scores = {0, 0, 0, 0, -2, -4, -4, -3, -3};
    std::vector<int32_t> types = {3, 3, 3, 2};
    while (int(tokens.size()) < encoderVocab)
        tokens.push_back("<unused" + std::to_string(tokens.size()) + ">");
    scores.resize(tokens.size(), -20);
    types.resize(tokens.size(), 1);
    model.set("tokenizer.ggml.model", std::string("t5"));
    model.set("tokenizer.ggml.tokens", tokens);
    model.set("tokenizer.ggml.scores", scores);
    model.set("tokenizer.ggml.token_type", types);
    model.set("tokenizer.ggml.bos_token_id", uint32_t{0});
    model.set("tokenizer.ggml.eos_token_id", uint32_t{2});
    model.set("tokenizer.ggml.unknown_token_id", uint32_t{3});
    model.set("tokenizer.ggml.padding_token_id", uint32_t{1});
    model.set("tokenizer.ggml.add_bos_token", true);
    model.set("tokenizer.ggml.add_eos_token", true);
    model.set("tokenizer.ggml.add_space_prefix", true);
}

std::vector<float> flat(const Rows& rows)
{
    std::vector<float> values;
    for (const auto& row : rows)
        values.insert(values.end(), row.begin(), row.end());
    return values;
}

std::vector<int32_t> manyTokens(int n)
{
    std::vector<int32_t> tokens;
    for (int i = 0; i < n; ++i)
        tokens.push_back(5 + i * i % (encoderVocab - 5));
    return tokens;
}

std::vector<float> normalized(std::vector<float> values)
{
    double power = 0;
    for (const float v : values)
        power += double(v) * double(v);
    for (float& v : values)
        v = float(v / std::sqrt(power));
    return values;
}

template <typename T> const char* messageOf(const Result<T>& result)
{
    return result ? "" : result.error().message.c_str();
}

} // namespace

class EmbeddingTest : public QObject {
    Q_OBJECT

private:
    QTemporaryDir dir_;
    std::filesystem::path path_ = dir_.filePath("encoder.gguf").toStdString();

    Result<std::unique_ptr<Engine>> load(const TinyModel& model, const std::string& simd = "")
    {
        TRY_STATUS(model.write(path_));
        return Engine::load(path_, {.n_threads = 2, .prefill_chunk = 16, .simd = simd});
    }

    static TinyModel bert(std::optional<Pooling> pooling)
    {
        TinyModel model = makeEncoder(encoders[0]);
        setVocabulary(model);
        if (pooling)
            model.set("bert.pooling_type", uint32_t(*pooling));
        return model;
    }

private slots:
    void statesEqualThePlainRestatement_data()
    {
        QTest::addColumn<int>("encoder");
        QTest::addColumn<std::string>("simd");
        for (const char* simd : {"scalar", "avx2", "avx512"})
            for (int i = 0; i < int(std::size(encoders)); ++i)
                QTest::addRow("%d %s/%s", i, encoders[i].architecture, simd) << i << std::string(simd);
    }
    void statesEqualThePlainRestatement()
    {
        QFETCH(int, encoder);
        QFETCH(std::string, simd);
        TinyModel model = makeEncoder(encoders[encoder]);
        setVocabulary(model);
        auto engine = load(model, simd);
        if (!engine && engine.error().message.find("AVX") != std::string::npos)
            QSKIP(messageOf(engine));
        QVERIFY2(engine, messageOf(engine));
        for (const int n : {1, 7, 45, encoderContext}) {
            const auto tokens = manyTokens(n);
            const auto states = (*engine)->embed(tokens, {.pooling = Pooling::none, .normalized = false});
            QVERIFY2(states, messageOf(states));
            QCOMPARE_LT(nmse(*states, flat(PlainEncoder(model, encoders[encoder]).run(tokens))), 1e-10);
        }
    }

    void poolingMakesOneVector_data()
    {
        QTest::addColumn<int>("inFile"); // -1 = absent
        QTest::addColumn<int>("asked"); // -1 = absent
        QTest::addColumn<int>("used");
        const int none = int(Pooling::none), mean = int(Pooling::mean), cls = int(Pooling::cls),
                  last = int(Pooling::last), rank = int(Pooling::rank);
        QTest::newRow("the file's: none") << none << -1 << none;
        QTest::newRow("the file's: mean") << mean << -1 << mean;
        QTest::newRow("the file's: cls") << cls << -1 << cls;
        QTest::newRow("the file's: last") << last << -1 << last;
        QTest::newRow("neither: mean") << -1 << -1 << mean;
        QTest::newRow("the one asked for") << mean << last << last;
        QTest::newRow("of a model that ranks") << rank << cls << cls;
    }
    void poolingMakesOneVector()
    {
        QFETCH(int, inFile);
        QFETCH(int, asked);
        QFETCH(int, used);
        const TinyModel model = bert(inFile < 0 ? std::nullopt : std::optional(Pooling(inFile)));
        auto engine = load(model);
        QVERIFY2(engine, messageOf(engine));
        const auto tokens = manyTokens(40);
        EmbeddingOptions options{.normalized = false};
        if (asked >= 0)
            options.pooling = Pooling(asked);
        const auto embedding = (*engine)->embed(tokens, options);
        QVERIFY2(embedding, messageOf(embedding));

        const Rows states = PlainEncoder(model, encoders[0]).run(tokens);
        Rows mean(1, std::vector<double>(encoderWidth));
        for (const auto& state : states)
            for (size_t i = 0; i < encoderWidth; ++i)
                mean[0][i] += state[i] / double(states.size());
        const Rows expected[] = {states, mean, {states.front()}, {states.back()}};
        QCOMPARE(embedding->size(), expected[used].size() * encoderWidth);
        QCOMPARE_LT(nmse(*embedding, flat(expected[used])), 1e-10);

        options.normalized = true;
        if (used != int(Pooling::none))
            QCOMPARE_LT(nmse((*engine)->embed(tokens, options).value(), normalized(*embedding)), 1e-12);
    }

    void decodersMakeEmbeddingsInAnyChunks()
    {
        const auto path = dataDir() / "models/llama3-rope-freqs.gguf";
        const auto tokens = [] {
            std::vector<int32_t> ids;
            for (int i = 0; i < 50; ++i)
                ids.push_back(3 + i * 7 % 400);
            return ids;
        }();
        std::vector<std::vector<float>> embeddings;
        for (const int chunk : {7, 512}) {
            auto engine = Engine::load(path, {.prefill_chunk = chunk, .kv_type = KvType::f32}).value();
            QCOMPARE(engine->info().embedding, "");
            embeddings.push_back(engine->embed(tokens).value());
            QCOMPARE(embeddings.back(), engine->embed(tokens, {.pooling = Pooling::mean}).value());
            const auto last = engine->embed(tokens, {.pooling = Pooling::last}).value();
            QVERIFY(nmse(last, embeddings.back()) > 0.01);
            QVERIFY(engine->render(std::vector<ChatMessage>{{"user", "hello"}}));
        }
        QCOMPARE(embeddings[0].size(), size_t{128});
        QCOMPARE_LT(nmse(embeddings[0], embeddings[1]), 1e-10);
    }

    void textIsFramedAndRead()
    {
        auto engine = load(bert(Pooling::mean));
        QVERIFY2(engine, messageOf(engine));
        const auto tokens = (*engine)->tokenize("ab c", true, false);
        QCOMPARE(tokens, (std::vector<int32_t>{2, 5, 8, 9, 3}));
        QCOMPARE((*engine)->embed(tokens).value().size(), size_t{encoderWidth});
    }

    void textReadInOneStepIsKeptInFull()
    {
        const Status written = bert(Pooling::mean).write(path_);
        QVERIFY(written);
        const auto engine = Engine::load(path_, {.n_threads = 1, .kv_type = KvType::q8_0});
        QVERIFY2(engine, messageOf(engine));
        QCOMPARE(kv_type_name((*engine)->load_plan().kv_type), "F32");

        // So no smaller cache is offered where memory is short.
        const DevicePlan& plan = (*engine)->load_plan().devices.front();
        const gguf::File file = gguf::File::open(path_).value();
        const Config config = read_config(file).value();
        const auto backend = create_cpu_backend(1, "").value();
        Backend* const backends[] = {backend.get()};
        const LoadOptions options{.kv_tokens = (*engine)->load_plan().kv_tokens};
        const auto choice =
            choose_load({file, config, options, backends, {plan.total() + plan.headroom - 1}});
        QVERIFY(!choice);
        QCOMPARE(QString::fromStdString(choice.error().remedy),
                 "Close other programs, or choose a smaller model.");
    }

    void multilingualTextIsFramedAndRead()
    {
        TinyModel model = makeEncoder(encoders[0]);
        setUnigramVocabulary(model);
        auto engine = load(model);
        QVERIFY2(engine, messageOf(engine));
        const auto tokens = (*engine)->tokenize("ab c", true, false);
        QCOMPARE(tokens, (std::vector<int32_t>{0, 4, 7, 8, 2}));
        const auto embedding = (*engine)->embed(tokens, {.pooling = Pooling::cls}).value();
        const std::vector<double> first = PlainEncoder(model, encoders[0]).run(tokens).front();
        QCOMPARE_LT(nmse(embedding, normalized({first.begin(), first.end()})), 1e-9);
    }

    void purposeIsTold()
    {
        QVERIFY(bert(Pooling::cls).write(path_));
        QCOMPARE(inspect(path_).value().embedding, "embedding model, pooling cls");
        QCOMPARE(inspect(path_).value().unsupported, "");
        QVERIFY(!inspect(path_).value().memory.empty());
    }

    void embeddingModelsDoNotChat()
    {
        auto engine = load(bert(Pooling::mean));
        QVERIFY2(engine, messageOf(engine));
        const auto prompt = (*engine)->render(std::vector<ChatMessage>{{"user", "hello"}});
        QVERIFY(!prompt);
        QVERIFY(prompt.error().message.find("does not chat") != std::string::npos);

        Request request{.prompt = {2, 5, 3}};
        std::optional<Error> error;
        request.on_event = [&](const RequestEvent& event) { error = event.error; };
        static_cast<void>((*engine)->submit(std::move(request)));
        while ((*engine)->step()) { }
        QVERIFY(error);
        QCOMPARE(error->message, prompt.error().message);
        QCOMPARE(int((*engine)->logits(std::array{2, 5, 3}, 4).error().kind), int(ErrorKind::unsupported));
    }

    void whatCannotBeEmbeddedSaysWhy()
    {
        auto engine = load(bert(Pooling::rank));
        QVERIFY2(engine, messageOf(engine));
        QCOMPARE(int((*engine)->embed(manyTokens(3)).error().kind), int(ErrorKind::unsupported));
        const EmbeddingOptions mean{.pooling = Pooling::mean};
        QCOMPARE(int((*engine)->embed({}, mean).error().kind), int(ErrorKind::invalid_request));
        QCOMPARE(int((*engine)->embed(std::array{encoderVocab}, mean).error().kind),
                 int(ErrorKind::invalid_request));
        const auto tooLong = (*engine)->embed(manyTokens(encoderContext + 1), mean);
        QCOMPARE(int(tooLong.error().kind), int(ErrorKind::context_full));
        QVERIFY(tooLong.error().message.find("97") != std::string::npos);
        QVERIFY(tooLong.error().message.find("96") != std::string::npos);
        QVERIFY((*engine)->embed(manyTokens(encoderContext), mean)); // still works
    }
};

QTEST_GUILESS_MAIN(EmbeddingTest)
#include "embedding_test.moc"
