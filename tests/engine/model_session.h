// A model with a cache and a state, run over tokens in any chunks: what model tests share.
#pragma once

#include "backend/backend.h"
#include "gguf/gguf.h"
#include "kv/kv_cache.h"
#include "model/model.h"

#include "support/golden.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <vector>

namespace rocmforge::test {

/// The error of a Result, as text for QVERIFY2; empty where there is none.
template <typename T> QByteArray errorText(const Result<T>& result)
{
    return result ? QByteArray() : QByteArray::fromStdString(result.error().message);
}

class ModelSession {
public:
    static Result<ModelSession> open(const std::filesystem::path& path, Backend& backend, KvType kvType,
                                     int maxTokens = 64, Adapters adapters = {}, int nCtx = 0)
    {
        Backend* const only = &backend;
        return open(path, {&only, 1}, Placement::on_one, kvType, maxTokens, std::move(adapters), nCtx);
    }

    /// `place` makes the placement from the model's Config.
    template <typename Place>
    static Result<ModelSession> open(const std::filesystem::path& path, std::span<Backend* const> backends,
                                     Place place, KvType kvType, int maxTokens = 64, Adapters adapters = {},
                                     int nCtx = 0)
    {
        ModelSession session;
        TRY(gguf::File file, gguf::File::open(path));
        session.file_ = std::make_unique<gguf::File>(std::move(file));
        TRY(const Config config, read_config(*session.file_));
        TRY(session.model_,
            Model::load(*session.file_, config, backends, place(config), {{}, nCtx, std::move(adapters)}));
        const std::vector<Backend*> layers = session.model_->layer_backends();
        TRY(session.cache_, KvCache::create(layers, session.model_->kv_shapes(), n_pages, kvType));
        TRY(session.recurrent_, RecurrentCache::create(layers, session.model_->state_sizes(), n_slots));
        TRY(session.state_, session.model_->create_state(maxTokens, maxTokens));
        return session;
    }

    [[nodiscard]] const Model& model() const { return *model_; }
    [[nodiscard]] int vocabSize() const { return model_->config().vocab_size; }

    /// Forgets all tokens.
    void clear() { n_past_ = 0; }

    /// Logits after each of the tokens, which continue what was run before.
    Result<std::vector<float>> run(std::span<const int32_t> tokens)
    {
        std::vector<int32_t> positions(tokens.size()), rows(tokens.size());
        std::iota(positions.begin(), positions.end(), n_past_);
        std::iota(rows.begin(), rows.end(), 0);
        const BatchSequence sequence{0, static_cast<int>(tokens.size()), n_past_, pages_, slot};
        TRY(const auto logits,
            model_->forward(state_, cache_, {tokens, positions, {&sequence, 1}, rows}, recurrent_));
        n_past_ += sequence.n_tokens;
        return std::vector(logits.begin(), logits.end());
    }

    /// The same from an empty context, in chunks of the given sizes.
    Result<std::vector<float>> run(std::span<const int32_t> tokens, std::span<const int> chunks)
    {
        clear();
        std::vector<float> logits;
        for (const int chunk : chunks) {
            TRY(const auto part,
                run(tokens.subspan(static_cast<size_t>(n_past_), static_cast<size_t>(chunk))));
            logits.insert(logits.end(), part.begin(), part.end());
        }
        return logits;
    }

    [[nodiscard]] const KvCache& cache() const { return cache_; }
    [[nodiscard]] State& state() { return state_; }

private:
    static constexpr int n_pages = 12, n_slots = 3, slot = 1;

    std::unique_ptr<gguf::File> file_;
    std::shared_ptr<const Model> model_;
    KvCache cache_;
    RecurrentCache recurrent_;
    State state_;
    int n_past_ = 0;
    std::vector<int32_t> pages_{7, 2, 11, 0, 5, 3}; ///< out of order, as in a cache that has lived
};

} // namespace rocmforge::test
