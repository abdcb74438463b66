// What self-tests of GPUs found, kept in a file of the data directory from one start to the next. Used
// by the application and by rocmforge-cli, so without Qt.
#pragma once

#include <rocmforge/engine.h>

#include <filesystem>
#include <memory>
#include <vector>

/// $ROCMFORGE_DATA_DIR, else where the application keeps its data.
[[nodiscard]] std::filesystem::path dataDirectory();

class SelfTestFile {
public:
    explicit SelfTestFile(const std::filesystem::path& dataDirectory)
        : m_path(dataDirectory / "gpu-self-tests.json")
    {
    }

    /// Empty where there is no file, or none that can be understood: devices are tested again then.
    [[nodiscard]] std::vector<rocmforge::SelfTest> read() const;
    /// In place of what was known of the same device; takes that out where the test is untested. Where
    /// the file cannot be written, devices are tested again at the next start.
    void keep(const rocmforge::SelfTest& test) const;

    /// The options with what is known of GPUs; what is learnt will be kept.
    [[nodiscard]] rocmforge::LoadOptions remembering(rocmforge::LoadOptions options) const;
    /// Engine::load() with these.
    [[nodiscard]] rocmforge::Result<std::unique_ptr<rocmforge::Engine>>
    load(const std::filesystem::path& model, rocmforge::LoadOptions options) const;

private:
    std::filesystem::path m_path;
};
