#include "command.h"

// NOLINTNEXTLINE(bugprone-exception-escape): a thrown error of parsing is caught; the rest are our own names
int main(int argc, char** argv)
{
    using namespace rocmforge::cli;

    Context context;
    CLI::App app("ROCmForge on the command line: look into GGUF models, run them, measure them",
                 "rocmforge-cli");
    app.set_version_flag("--version", ROCMFORGE_VERSION);
    app.add_flag("--json", context.json, "print one JSON document");
    app.require_subcommand(1);
    app.fallthrough();
    addInspect(app, context);
    addTokenize(app, context);
    addGenerate(app, context);
    addChat(app, context);
    addEmbed(app, context);
    addPerplexity(app, context);
    addPlan(app, context);
    addLogits(app, context);
    addBench(app, context);
    addDoctor(app, context);
    addKernels(app, context);
    addSynth(app, context);
    CLI11_PARSE(app, argc, argv);
}
