// Decoders against their plain restatements: whole prompts, any chunks, on each backend of the CPU and
// divided among two.
#include "backend/cpu/cpu_backend.h"
#include "backend/cpu/reference.h"
#include "model_session.h"
#include "plain_families.h"

#include <QTemporaryDir>

using namespace rocmforge;
using namespace rocmforge::test;

namespace {

constexpr int nTokens = 40;

} // namespace

class PlainFamiliesTest : public QObject {
    Q_OBJECT

private:
    QTemporaryDir dir_;
    CpuReference reference_, other_;

    static void addFamilies()
    {
        QTest::addColumn<int>("index");
        const auto families = plainFamilies();
        for (int i = 0; i < int(families.size()); ++i)
            QTest::newRow(families[size_t(i)].name) << i;
    }

    std::filesystem::path write(const TinyModel& model)
    {
        std::filesystem::path path = dir_.filePath("model.gguf").toStdString();
        if (const Status status = model.write(path); !status)
            qFatal("%s", status.error().message.c_str());
        return path;
    }

    std::vector<float> logits(const TinyModel& model, Backend& backend, std::span<const int> chunks)
    {
        auto session = ModelSession::open(write(model), backend, KvType::f32);
        if (!session)
            qFatal("%s", session.error().message.c_str());
        const auto tokens = familyTokens(nTokens);
        return session->run(tokens, chunks).value();
    }

private slots:
    void logitsAreThoseOfTheRestatement_data() { addFamilies(); }
    void logitsAreThoseOfTheRestatement()
    {
        QFETCH(int, index);
        const PlainFamily family = plainFamilies()[size_t(index)];
        const auto expected = family.decoder->logits(family.model, familyTokens(nTokens));
        QCOMPARE_LT(nmse(logits(family.model, reference_, std::array{nTokens}), expected), 1e-11);
        QCOMPARE_LT(nmse(logits(family.model, reference_, std::array{1, 13, 1, 25}), expected), 1e-11);
        const auto simd = create_cpu_backend(2, "").value();
        QCOMPARE_LT(nmse(logits(family.model, *simd, std::array{21, 19}), expected), 1e-10);
    }

    /// The second half of the layers, and in another run the experts of all, lie elsewhere.
    void dividedModelsComputeTheSame_data() { addFamilies(); }
    void dividedModelsComputeTheSame()
    {
        QFETCH(int, index);
        const PlainFamily family = plainFamilies()[size_t(index)];
        const auto tokens = familyTokens(nTokens);
        const auto whole = logits(family.model, reference_, std::array{30, 10});
        Backend* const backends[] = {&reference_, &other_};
        for (const bool experts : {false, true}) {
            const auto place = [&](const Config& config) {
                Placement placement = Placement::split(config, config.n_layers / 2);
                if (experts)
                    placement.place_experts(config, 1);
                return placement;
            };
            auto session = ModelSession::open(write(family.model), backends, place, KvType::f32);
            QVERIFY2(session, errorText(session));
            const auto divided = session->run(tokens, std::array{30, 10});
            QVERIFY2(divided, errorText(divided));
            QCOMPARE(*divided, whole);
        }
    }

    /// GPT-J rotates neighbours, Phi-2 the halves of a head; else they are the same.
    void parallelDecodersDifferInTheirPairs()
    {
        TinyModel neighbours = parallelDecoder("gptj"), halves = parallelDecoder("phi2");
        for (const char* matrix : {"blk.0.attn_q.weight", "blk.0.attn_k.weight"})
            halves.tensor(matrix).values = withPairsApart(neighbours.tensor(matrix).values);
        QCOMPARE_LT(nmse(logits(neighbours, reference_, std::array{nTokens}),
                         logits(halves, reference_, std::array{nTokens})),
                    1e-12);
    }

    void streamsThatCannotBeAreRefused_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<uint32_t>("value");
        QTest::newRow("no embeddings of the layers") << "gemma3n.embedding_length_per_layer_input" << 0u;
        QTest::newRow("one stream") << "gemma3n.altup.num_inputs" << 1u;
        QTest::newRow("another active stream") << "gemma3n.altup.active_idx" << 2u;
    }
    void streamsThatCannotBeAreRefused()
    {
        QFETCH(QString, key);
        QFETCH(uint32_t, value);
        TinyModel model = makeStreams();
        model.set("gemma3n.altup.num_inputs", uint32_t{nStreams});
        model.set("gemma3n.altup.active_idx", uint32_t{0});
        model.replace(key.toStdString(), value);
        const auto session = ModelSession::open(write(model), reference_, KvType::f32);
        QVERIFY(!session);
        QCOMPARE(int(session.error().kind), int(ErrorKind::invalid_value));
        QVERIFY(session.error().message.contains(key.toStdString()));
    }

    /// Encoders that are decoders whose tokens see later ones, under other names.
    void encodersOfDecodersSeeAllTokens()
    {
        TinyModel decoder = dense(Format::f32);
        const std::vector<float> sequential = states(decoder);
        decoder.set("llama.attention.causal", false);
        const std::vector<float> expected = states(decoder);
        QVERIFY(nmse(sequential, expected) > 1e-3);

        TinyModel embedding = renamed("llama-embed");
        QCOMPARE(states(embedding), expected);
        TinyModel merged = renamed("neo-bert");
        merged.tensor("output_norm.weight").name = "enc.output_norm.weight";
        for (const std::string layer : {"blk.0.", "blk.1."}) {
            merge(merged, layer + "attn_qkv.weight", {layer + "attn_q", layer + "attn_k", layer + "attn_v"});
            merge(merged, layer + "ffn_up.weight", {layer + "ffn_gate", layer + "ffn_up"});
        }
        QCOMPARE(states(merged), expected);
    }

private:
    /// The last states of a prompt.
    std::vector<float> states(const TinyModel& model)
    {
        auto session = ModelSession::open(write(model), reference_, KvType::f32);
        if (!session)
            qFatal("%s", session.error().message.c_str());
        const auto tokens = familyTokens(nTokens);
        std::vector<int32_t> rows(tokens.size());
        std::iota(rows.begin(), rows.end(), 0);
        const std::vector<int32_t> pages{3, 1};
        const BatchSequence sequence{0, nTokens, 0, pages};
        Batch batch{tokens, rows, {&sequence, 1}, rows};
        batch.output = BatchOutput::states;
        const auto states = session->model().forward(session->state(), session->cache(), batch).value();
        return {states.begin(), states.end()};
    }

    /// dense(), as another architecture.
    static TinyModel renamed(const char* architecture)
    {
        TinyModel model(1);
        setShape(model, architecture);
        const TinyModel same = dense(Format::f32);
        for (const TinyTensor& tensor : same.tensors())
            model.tensors().push_back(tensor);
        return model;
    }

    /// One tensor in the place of several.
    static void merge(TinyModel& model, const std::string& name, const std::vector<std::string>& parts)
    {
        TinyTensor merged{name, {n_embd, 0}, Format::f32, {}};
        for (const std::string& part : parts) {
            const TinyTensor& tensor = model.tensor(part + ".weight");
            merged.shape[1] += tensor.shape[1];
            merged.values.insert(merged.values.end(), tensor.values.begin(), tensor.values.end());
        }
        std::erase_if(model.tensors(), [&](const TinyTensor& tensor) {
            return std::ranges::any_of(parts,
                                       [&](const auto& part) { return tensor.name == part + ".weight"; });
        });
        model.tensors().push_back(std::move(merged));
    }

    static TinyModel parallelDecoder(const char* architecture)
    {
        TinyModel model(51);
        setShape(model, architecture);
        model.replace(std::string(architecture) + ".block_count", uint32_t{1});
        addEnds(model, Format::f32);
        model.addVector("output_norm.bias", n_embd, 0);
        model.addVector("output.bias", vocab, 0);
        model.add("output.weight", {n_embd, vocab});
        model.addVector("blk.0.attn_norm.weight", n_embd, 1);
        model.addVector("blk.0.attn_norm.bias", n_embd, 0);
        addAttention(model, "blk.0.", Format::f32);
        model.add("blk.0.ffn_up.weight", {n_embd, n_ff});
        model.addVector("blk.0.ffn_up.bias", n_ff, 0);
        model.add("blk.0.ffn_down.weight", {n_ff, n_embd});
        model.addVector("blk.0.ffn_down.bias", n_embd, 0);
        return model;
    }

    /// Of every head, first the even rows and then the odd ones.
    static std::vector<float> withPairsApart(const std::vector<float>& matrix)
    {
        std::vector<float> apart(matrix.size());
        for (size_t row = 0; row < matrix.size() / n_embd; ++row) {
            const size_t inHead = row % head_dim, first = row - inHead;
            const size_t to = first + inHead / 2 + inHead % 2 * (head_dim / 2);
            std::copy_n(matrix.begin() + ptrdiff_t(row * n_embd), n_embd,
                        apart.begin() + ptrdiff_t(to * n_embd));
        }
        return apart;
    }
};

QTEST_APPLESS_MAIN(PlainFamiliesTest)
#include "plain_families_test.moc"
