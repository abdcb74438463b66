// doctor: what the machine offers, whether its GPUs compute rightly, and what models will run on.
#include "command.h"
#include "doctor/report_json.h"
#include "doctor/report_text.h"
#include "doctor/self_test_file.h"

#include <rocmforge/doctor.h>

#include <iostream>

namespace rocmforge::cli {

void addDoctor(CLI::App& app, const Context& context)
{
    auto* command = app.add_subcommand("doctor", "test and measure this machine, for reports of trouble");
    onRun(*command, context, [&context]() -> Status {
        const SelfTestFile file(dataDirectory());
        const DoctorReport report = diagnose([&file](const SelfTest& test) { file.keep(test); });
        if (context.json)
            print(::toJson(report));
        else
            std::cout << reportText(report);
        return {};
    });
}

} // namespace rocmforge::cli
