// What every fallible call of the engine returns. The engine never throws across its boundary,
// prints or aborts: an Error says what went wrong, where, and what a person can do about it.
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace rocmforge {

enum class ErrorKind {
    // Files
    not_found,
    unreadable,
    truncated,
    // GGUF container (the names of the golden data's `kind`)
    bad_magic,
    bad_version,
    bad_key,
    bad_string,
    bad_value_type,
    bad_alignment,
    bad_dimensions,
    nested_array,
    duplicate_key,
    duplicate_tensor,
    implausible_count,
    misaligned,
    out_of_bounds,
    overlap,
    split_file,
    unknown_tensor_type,
    // Model
    unknown_architecture,
    unsupported,
    missing_metadata,
    wrong_metadata_type,
    invalid_value,
    missing_tensor,
    shape_mismatch,
    non_finite_weights,
    invalid_tokenizer,
    invalid_template,
    // Running
    out_of_memory,
    context_full,
    cancelled,
    device_error,
    invalid_request,
    internal,
};

struct Error {
    ErrorKind kind = ErrorKind::internal;
    std::string message; ///< what happened and where, one sentence, for a person
    std::string remedy = {}; ///< what to do about it, one sentence; may be empty
};

template <typename T> using Result = std::expected<T, Error>;
using Status = Result<void>;

[[nodiscard]] inline std::unexpected<Error> fail(ErrorKind kind, std::string message, std::string remedy = {})
{
    return std::unexpected(Error{kind, std::move(message), std::move(remedy)});
}

} // namespace rocmforge

#define ROCMFORGE_CONCAT_(a, b) a##b
#define ROCMFORGE_CONCAT(a, b) ROCMFORGE_CONCAT_(a, b)
#define ROCMFORGE_TRY_(tmp, decl, expr)                                                                      \
    auto tmp = (expr);                                                                                       \
    if (!tmp)                                                                                                \
        return std::unexpected(std::move(tmp).error());                                                      \
    decl = *std::move(tmp)

/// `TRY(auto x, f());` binds the value of a Result or returns its error from this function.
#define TRY(decl, expr) ROCMFORGE_TRY_(ROCMFORGE_CONCAT(try_result_, __LINE__), decl, expr)

/// `TRY_STATUS(f());` returns the error of a Status from this function.
#define TRY_STATUS(expr)                                                                                     \
    do {                                                                                                     \
        if (auto try_status_ = (expr); !try_status_)                                                         \
            return std::unexpected(std::move(try_status_).error());                                          \
    } while (false)
