// kernels: what the device compiler made of the GPU kernels.
#include "command.h"

#include <rocmforge/kernel_table.h>

#include <cstdio>

namespace rocmforge::cli {
namespace {

struct Options {
    std::string target;
    std::string name;
};

std::vector<GpuKernel> choose(const Options& options)
{
    std::vector<GpuKernel> kernels = gpu_kernels();
    std::erase_if(kernels, [&](const GpuKernel& kernel) {
        return (!options.target.empty() && kernel.target != options.target)
            || kernel.name.find(options.name) == std::string::npos;
    });
    return kernels;
}

Json toJson(const GpuKernel& kernel)
{
    Json json = {{"target", kernel.target},
                 {"kernel", kernel.name},
                 {"vgprs", kernel.vgprs},
                 {"sgprs", kernel.sgprs},
                 {"lds_bytes", kernel.local_bytes},
                 {"spills", kernel.spills},
                 {"waves_per_simd", kernel.waves_per_simd},
                 {"widest_load_bytes", kernel.widest_load},
                 {"dot4", kernel.dot4},
                 {"matrix", kernel.matrix}};
    if (kernel.loop_instructions > 0) {
        json["loop_instructions"] = kernel.loop_instructions;
        json["loop_weights"] = kernel.loop_weights;
    }
    if (kernel.ceiling > 0)
        json["ceiling_bytes_per_second"] = kernel.ceiling;
    return json;
}

void printText(const std::vector<GpuKernel>& kernels)
{
    std::printf("%-8s %-28s %5s %5s %6s %6s %5s %5s %5s %6s %12s\n", "target", "kernel", "VGPR", "SGPR",
                "LDS", "spills", "waves", "load", "dot4", "matrix", "ceiling");
    for (const GpuKernel& kernel : kernels) {
        std::printf("%-8s %-28s %5d %5d %6d %6d %5d %5d %5d %6d", kernel.target.c_str(), kernel.name.c_str(),
                    kernel.vgprs, kernel.sgprs, kernel.local_bytes, kernel.spills, kernel.waves_per_simd,
                    kernel.widest_load, kernel.dot4, kernel.matrix);
        if (kernel.ceiling > 0)
            std::printf(" %7.0f GB/s", kernel.ceiling / 1e9);
        std::printf("\n");
    }
    std::printf(
        "\nload: widest load from global memory, bytes per lane. waves: that a SIMD unit holds at once.\n"
        "ceiling: bytes of weights that a Radeon RX 7900 XTX can issue the instructions for; its memory "
        "gives 960 GB/s.\n");
}

Status run(const Options& options, const Context& context)
{
    const std::vector<GpuKernel> kernels = choose(options);
    if (kernels.empty())
        return fail(ErrorKind::not_found, "This build has no such GPU kernels.",
                    "Build with clang 17 or later and LLVM's tools, or choose others.");
    if (!context.json) {
        printText(kernels);
        return {};
    }
    Json json = Json::array();
    for (const GpuKernel& kernel : kernels)
        json.push_back(toJson(kernel));
    print(json);
    return {};
}

} // namespace

void addKernels(CLI::App& app, const Context& context)
{
    auto* command = app.add_subcommand("kernels", "GPU kernels: registers, waves, loads and what they allow");
    auto options = std::make_shared<Options>();
    command->add_option("--target", options->target, "only of this one: gfx1100");
    command->add_option("--name", options->name, "only kernels whose names contain this");
    onRun(*command, context, [options, &context] { return run(*options, context); });
}

} // namespace rocmforge::cli
