#include "scheduler/model_forward.h"

#include <algorithm>
#include <utility>

namespace rocmforge {

ModelForward::ModelForward(std::shared_ptr<const Model> model, KvCache cache, const gguf::File& file,
                           RecurrentCache recurrent)
    : model_(std::move(model))
    , cache_(std::move(cache))
    , recurrent_(std::move(recurrent))
    , file_(&file)
{
}

Status ModelForward::reserve(int max_rows, int max_outputs)
{
    if (max_rows <= state_.max_tokens && max_outputs <= state_.max_outputs)
        return {};
    TRY(state_,
        model_->create_state(std::max(max_rows, state_.max_tokens),
                             std::max(max_outputs, state_.max_outputs)));
    return {};
}

Status ModelForward::reserve_scratch(const Steps& steps)
{
    if (!model_->draws() || !model_->config().has_output)
        return {};
    const std::vector<Backend*> backends = model_->layer_backends();
    const auto take_memory_only = [&](bool on) {
        for (Backend* backend : backends)
            backend->take_memory_only(on);
    };
    take_memory_only(true);
    Status status = steps(*model_, state_, cache_, recurrent_);
    take_memory_only(false);
    return status;
}

Result<std::span<const float>> ModelForward::run(const Batch& batch)
{
    TRY(const auto logits, model_->forward(state_, cache_, batch, recurrent_));
    TRY_STATUS(file_->intact());
    return logits;
}

Status ModelForward::enqueue(const Batch& batch)
{
    return model_->enqueue(state_, cache_, batch, recurrent_);
}

Result<std::span<const DrawnToken>> ModelForward::drawn()
{
    TRY(const auto tokens, model_->drawn());
    TRY_STATUS(file_->intact());
    return tokens;
}

void ModelForward::copy_page(int32_t to, int32_t from)
{
    cache_.copy_page(to, from);
}

void ModelForward::copy_state(int32_t to, int32_t from)
{
    recurrent_.copy_slot(to, from);
}

} // namespace rocmforge
