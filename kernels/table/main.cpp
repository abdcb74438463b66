// kernel_table <llvm-readelf> <llvm-objdump> <output> <target/source.co>…: a line per kernel with
// GpuKernel's fields in their order, separated by blanks. Run by the build, since machines that run
// the kernels have no disassembler.
#include "kernels/table/code_object.h"
#include "kernels/table/vector_product.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <tuple>

namespace {

namespace fs = std::filesystem;
using rocmforge::GpuKernel;

/// What a program prints about a file.
std::string output_of(const std::string& program, const char* option, const fs::path& file)
{
    const std::string command = "'" + program + "' " + option + " '" + file.string() + "'";
    std::string text;
    FILE* pipe = popen(command.c_str(), "r");
    if (!pipe)
        return text;
    char buffer[65536];
    for (size_t n = 0; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;)
        text.append(buffer, n);
    return pclose(pipe) == 0 ? text : std::string();
}

void write(std::ostream& to, const GpuKernel& k)
{
    to << k.target << ' ' << k.name << ' ' << k.vgprs << ' ' << k.sgprs << ' ' << k.local_bytes << ' '
       << k.spills << ' ' << k.waves_per_simd << ' ' << k.widest_load << ' ' << k.dot4 << ' ' << k.matrix
       << ' ' << k.loop_instructions << ' ' << k.loop_weights << ' ' << k.loop_wide_bytes << ' ' << k.ceiling
       << '\n';
}

} // namespace

int main(int argc, char** argv)
{
    if (argc < 5)
        return 2;
    const std::string readelf = argv[1], objdump = argv[2];
    std::vector<GpuKernel> rows;
    for (int i = 4; i < argc; ++i) {
        const fs::path object = argv[i];
        const auto kernels = rocmforge::kernels::parse_kernels(output_of(readelf, "--notes", object),
                                                               output_of(objdump, "-d", object));
        if (kernels.empty() || kernels.front().code.empty()) {
            std::cerr << "no kernels were found in " << object << '\n';
            return 1;
        }
        for (const auto& kernel : kernels)
            rows.push_back(rocmforge::kernels::describe(object.parent_path().filename().string(), kernel));
    }
    std::ranges::sort(rows, {}, [](const GpuKernel& k) { return std::tie(k.target, k.name); });
    std::ofstream file(argv[3]);
    for (const GpuKernel& row : rows)
        write(file, row);
    return file.good() ? 0 : 1;
}
