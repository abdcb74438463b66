// Reports and self-tests as JSON, for bug reports, scripts and the file of self-tests.
#pragma once

#include <rocmforge/doctor.h>
#include <rocmforge/self_test.h>

#include <nlohmann/json.hpp>

#include <optional>

using Json = nlohmann::ordered_json;

[[nodiscard]] Json toJson(const rocmforge::SelfTest& test);
/// Nullopt where it is not what toJson() made.
[[nodiscard]] std::optional<rocmforge::SelfTest> selfTestFromJson(const Json& json);

[[nodiscard]] Json toJson(const rocmforge::DoctorReport& report);
