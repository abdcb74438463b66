// A report for people, and to be pasted into a bug report: plain text in two columns.
#pragma once

#include <rocmforge/doctor.h>

#include <string>

[[nodiscard]] std::string reportText(const rocmforge::DoctorReport& report);
