#include "inspect/quantization_name.h"

#include <algorithm>
#include <numeric>

namespace rocmforge {
namespace {

struct FileType {
    int64_t id; ///< general.file_type
    std::string_view name;
    std::string_view format; ///< that most matrices have
};

constexpr FileType file_types[] = {
    {0, "F32", "F32"},          {1, "F16", "F16"},        {2, "Q4_0", "Q4_0"},      {3, "Q4_1", "Q4_1"},
    {7, "Q8_0", "Q8_0"},        {8, "Q5_0", "Q5_0"},      {9, "Q5_1", "Q5_1"},      {10, "Q2_K", "Q2_K"},
    {11, "Q3_K_S", "Q3_K"},     {12, "Q3_K_M", "Q3_K"},   {13, "Q3_K_L", "Q3_K"},   {14, "Q4_K_S", "Q4_K"},
    {15, "Q4_K_M", "Q4_K"},     {16, "Q5_K_S", "Q5_K"},   {17, "Q5_K_M", "Q5_K"},   {18, "Q6_K", "Q6_K"},
    {19, "IQ2_XXS", "IQ2_XXS"}, {20, "IQ2_XS", "IQ2_XS"}, {21, "Q2_K_S", "Q2_K"},   {22, "IQ3_XS", "IQ3_XXS"},
    {23, "IQ3_XXS", "IQ3_XXS"}, {24, "IQ1_S", "IQ1_S"},   {25, "IQ4_NL", "IQ4_NL"}, {26, "IQ3_S", "IQ3_S"},
    {27, "IQ3_M", "IQ3_S"},     {28, "IQ2_S", "IQ2_XS"},  {29, "IQ2_M", "IQ2_S"},   {30, "IQ4_XS", "IQ4_XS"},
    {31, "IQ1_M", "IQ1_M"},     {32, "BF16", "BF16"},     {36, "TQ1_0", "TQ1_0"},   {37, "TQ2_0", "TQ2_0"},
    {38, "MXFP4", "MXFP4"},     {40, "I2_S", "I2_S"},
};

/// Norms and biases are F32 in every file; this much is more than they ever are.
constexpr double smallest_share = 0.05;

bool bears_out(const FileType& type, std::span<const FormatShare> shares)
{
    const int64_t total =
        std::accumulate(shares.begin(), shares.end(), int64_t(0),
                        [](int64_t sum, const FormatShare& share) { return sum + share.bytes; });
    const auto share = std::ranges::find(shares, type.format, &FormatShare::format);
    return share != shares.end() && double(share->bytes) >= smallest_share * double(total);
}

} // namespace

std::vector<FormatShare> format_shares(std::span<const gguf::TensorInfo> tensors)
{
    std::vector<FormatShare> shares;
    for (const gguf::TensorInfo& tensor : tensors) {
        const std::string_view name = tensor.has_bare_codes ? "I2_S" : format_info(tensor.format).name;
        auto share = std::ranges::find(shares, name, &FormatShare::format);
        if (share == shares.end())
            share = shares.insert(shares.end(), FormatShare{.format = std::string(name)});
        ++share->n_tensors;
        share->n_weights += tensor.n_weights();
        share->bytes += static_cast<int64_t>(tensor.data.size());
    }
    std::ranges::sort(shares, std::greater(), &FormatShare::bytes);
    return shares;
}

std::string quantization_name(const gguf::Metadata& metadata, std::span<const FormatShare> shares)
{
    const int64_t id = metadata.integer("general.file_type", -1).value_or(-1);
    const auto* const type = std::ranges::find(file_types, id, &FileType::id);
    if (type != std::end(file_types) && bears_out(*type, shares))
        return std::string(type->name);
    return shares.empty() ? std::string() : shares.front().format;
}

} // namespace rocmforge
