// What the scheduler needs of a model: a seam that tests fill with a model that is only arithmetic.
#pragma once

#include "backend/batch.h"

#include <rocmforge/error.h>

#include <cstdint>
#include <span>

namespace rocmforge {

class ForwardPass {
public:
    virtual ~ForwardPass() = default;

    /// Logits (n_outputs, vocab_size) of the batch's output rows, valid until the next call. The
    /// batch's pages then hold its keys and values and its slots its recurrent states; after an error
    /// their content is undefined.
    [[nodiscard]] virtual Result<std::span<const float>> run(const Batch& batch) = 0;
    /// Copies one page of the KV cache.
    virtual void copy_page(int32_t to, int32_t from) = 0;
    /// Copies the recurrent states of one slot.
    virtual void copy_state(int32_t to, int32_t from) = 0;
    [[nodiscard]] virtual int vocab_size() const = 0;
};

} // namespace rocmforge
