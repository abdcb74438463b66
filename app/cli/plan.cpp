// plan: what a model would take of which device, without loading it.
#include "command.h"

#include <iostream>

namespace rocmforge::cli {
namespace {

Json toJson(const DevicePlan& device)
{
    return {{"device", device.device},    {"n_layers", device.n_layers}, {"has_experts", device.has_experts},
            {"weights", device.weights},  {"kv_cache", device.kv_cache}, {"states", device.states},
            {"scratch", device.scratch},  {"total", device.total()},     {"free", device.free},
            {"headroom", device.headroom}};
}

Json toJson(const LoadPlan& plan)
{
    Json devices = Json::array();
    for (const DevicePlan& device : plan.devices)
        devices.push_back(toJson(device));
    return {{"n_layers", plan.n_layers},
            {"n_ctx", plan.n_ctx},
            {"kv_tokens", plan.kv_tokens},
            {"kv_type", kv_type_name(plan.kv_type)},
            {"devices", devices}};
}

void printText(const LoadPlan& plan)
{
    std::cout << plan.n_ctx << " tokens of context, " << plan.kv_tokens << " in the "
              << kv_type_name(plan.kv_type) << " KV cache\n";
    for (const DevicePlan& device : plan.devices) {
        std::cout << device.device << ": " << device.n_layers << " of " << plan.n_layers << " layers"
                  << (device.has_experts ? " and the experts" : "") << '\n'
                  << "    weights   " << bytesText(device.weights) << '\n'
                  << "    KV cache  " << bytesText(device.kv_cache) << '\n';
        if (device.states > 0)
            std::cout << "    states    " << bytesText(device.states) << '\n';
        std::cout << "    scratch   " << bytesText(device.scratch) << '\n'
                  << "    total     " << bytesText(device.total()) << " of " << bytesText(device.free)
                  << " that are free, " << bytesText(device.headroom) << " of these for others\n";
    }
}

} // namespace

void addPlan(CLI::App& app, const Context& context)
{
    auto* command = app.add_subcommand("plan", "what a model would take of which device's memory");
    auto options = std::make_shared<ModelOptions>();
    options->addTo(*command);
    onRun(*command, context, [options, &context]() -> Status {
        TRY(const LoadOptions load, options->options());
        TRY(const LoadPlan plan, Engine::plan(options->path, load));
        if (context.json)
            print(toJson(plan));
        else
            printText(plan);
        return {};
    });
}

} // namespace rocmforge::cli
