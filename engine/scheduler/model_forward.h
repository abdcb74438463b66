// The forward pass of a loaded model over its KV cache.
#pragma once

#include "gguf/gguf.h"
#include "kv/kv_cache.h"
#include "kv/recurrent_cache.h"
#include "model/model.h"
#include "scheduler/forward_pass.h"

#include <functional>
#include <memory>

namespace rocmforge {

class ModelForward final : public ForwardPass {
public:
    /// The file the model was loaded from and its backends must outlive the pass.
    ModelForward(std::shared_ptr<const Model> model, KvCache cache, const gguf::File& file,
                 RecurrentCache recurrent = {});

    /// Makes run() take batches of this size. A larger size later on leaves the memory of the
    /// smaller one with the backend.
    [[nodiscard]] Status reserve(int max_rows, int max_outputs);
    using Steps = std::function<Status(const Model&, State&, const KvCache&, const RecurrentCache&)>;
    /// Takes what these steps need, without computing them, where the backend draws tokens: there taking
    /// memory waits for all work.
    [[nodiscard]] Status reserve_scratch(const Steps& steps);

    /// An error, too, when the model's file was damaged since it was loaded.
    [[nodiscard]] Result<std::span<const float>> run(const Batch& batch) override;
    [[nodiscard]] bool draws() const override { return model_->draws(); }
    [[nodiscard]] Status enqueue(const Batch& batch) override;
    [[nodiscard]] Result<std::span<const DrawnToken>> drawn() override;
    void copy_page(int32_t to, int32_t from) override;
    void copy_state(int32_t to, int32_t from) override;
    [[nodiscard]] int vocab_size() const override { return model_->config().vocab_size; }

private:
    std::shared_ptr<const Model> model_;
    KvCache cache_;
    RecurrentCache recurrent_;
    const gguf::File* file_;
    State state_;
};

} // namespace rocmforge
