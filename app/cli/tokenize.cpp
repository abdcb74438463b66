// tokenize: a text's token ids and pieces.
#include "command.h"

#include <rocmforge/model_tokenizer.h>

#include <iostream>

namespace rocmforge::cli {
namespace {

struct Options {
    std::filesystem::path model;
    std::string text;
    std::filesystem::path file;
    bool addSpecial = false;
    bool parseSpecial = false;
};

Status run(const Options& options, const Context& context)
{
    std::string text = options.text;
    if (!options.file.empty()) {
        TRY(text, readText(options.file));
    }
    TRY(const ModelTokenizer tokenizer, ModelTokenizer::open(options.model));
    const auto tokens = tokenizer.tokenize(text, options.addSpecial, options.parseSpecial);
    if (context.json) {
        Json json = {{"tokens", tokens}, {"pieces", Json::array()}};
        for (const int32_t token : tokens)
            json["pieces"].push_back(tokenizer.piece(token));
        print(json);
        return {};
    }
    for (const int32_t token : tokens)
        std::cout << token << '\t'
                  << Json(tokenizer.piece(token)).dump(-1, ' ', false, Json::error_handler_t::replace)
                  << '\n';
    std::cerr << tokens.size() << " tokens\n";
    return {};
}

} // namespace

void addTokenize(CLI::App& app, const Context& context)
{
    auto* command = app.add_subcommand("tokenize", "a text's tokens");
    auto options = std::make_shared<Options>();
    command->add_option("model", options->model, "GGUF file")->required();
    auto* text = command->add_option("-p,--prompt", options->text, "the text");
    command->add_option("-f,--file", options->file, "read the text from a file; - is standard input")
        ->excludes(text);
    command->add_flag("--add-special", options->addSpecial, "add BOS and EOS as the model wants them");
    command->add_flag("--special", options->parseSpecial, "recognize special tokens in the text");
    onRun(*command, context, [options, &context] { return run(*options, context); });
}

} // namespace rocmforge::cli
