#include "doctor/self_test_file.h"

#include "doctor/report_json.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <utility>

namespace fs = std::filesystem;

using rocmforge::SelfTest;
using rocmforge::SelfTestState;

namespace {

constexpr const char* application = "rocmforge";

fs::path environmentPath(const char* variable)
{
    const char* value = std::getenv(variable);
    return value ? fs::path(value) : fs::path();
}

/// One device has one result, that of its latest driver and program.
bool isOfSameDevice(const SelfTest& a, const SelfTest& b)
{
    return a.gpu.device == b.gpu.device && a.gpu.target == b.gpu.target && a.gpu.address == b.gpu.address;
}

} // namespace

fs::path dataDirectory()
{
    if (const fs::path chosen = environmentPath("ROCMFORGE_DATA_DIR"); !chosen.empty())
        return chosen;
    if (const fs::path data = environmentPath("XDG_DATA_HOME"); !data.empty())
        return data / application;
    return environmentPath("HOME") / ".local/share" / application;
}

std::vector<SelfTest> SelfTestFile::read() const
{
    std::ifstream file(m_path);
    const Json json = Json::parse(file, nullptr, false);
    std::vector<SelfTest> tests;
    if (!json.is_array())
        return tests;
    for (const Json& entry : json) {
        if (auto test = selfTestFromJson(entry))
            tests.push_back(*std::move(test));
    }
    return tests;
}

void SelfTestFile::keep(const SelfTest& test) const
{
    std::vector<SelfTest> tests = read();
    std::erase_if(tests, [&](const SelfTest& known) { return isOfSameDevice(known, test); });
    if (test.state != SelfTestState::untested)
        tests.push_back(test);
    Json json = Json::array();
    for (const SelfTest& kept : tests)
        json.push_back(toJson(kept));
    // A crash must find the file whole, the old one or the new one.
    std::error_code error;
    fs::create_directories(m_path.parent_path(), error);
    const fs::path temporary = fs::path(m_path) += ".new";
    std::ofstream(temporary) << json.dump(1, ' ', false, Json::error_handler_t::replace) << '\n';
    fs::rename(temporary, m_path, error);
}

rocmforge::LoadOptions SelfTestFile::remembering(rocmforge::LoadOptions options) const
{
    if (options.device != rocmforge::ComputeDevice::cpu) {
        options.self_tests = read();
        options.on_self_test = [file = *this](const SelfTest& test) { file.keep(test); };
    }
    return options;
}

rocmforge::Result<std::unique_ptr<rocmforge::Engine>> SelfTestFile::load(const fs::path& model,
                                                                         rocmforge::LoadOptions options) const
{
    return rocmforge::Engine::load(model, remembering(std::move(options)));
}
