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
    /// Whether it draws tokens itself, while the caller goes on: then steps whose batches have draws are
    /// begun with enqueue(), in the order in which drawn() tells their tokens (n_outputs). Two may be under
    /// way, and the second one's tokens be drawn_token() of the first.
    [[nodiscard]] virtual bool draws() const { return false; }
    [[nodiscard]] virtual Status enqueue(const Batch&) { return {}; }
    [[nodiscard]] virtual Result<std::span<const DrawnToken>> drawn()
    {
        return std::span<const DrawnToken>();
    }
    /// Copies one page of the KV cache.
    virtual void copy_page(int32_t to, int32_t from) = 0;
    /// Copies the recurrent states of one slot.
    virtual void copy_state(int32_t to, int32_t from) = 0;
    [[nodiscard]] virtual int vocab_size() const = 0;
};

} // namespace rocmforge
