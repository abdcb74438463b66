#include "parser_state.h"

#include "printing.h"

namespace rocmforge::jinja {

namespace {

constexpr int max_nesting = 100; // brackets and blocks inside each other

} // namespace

ParserState::ParserState(std::string_view source)
    : tokens(source)
{
    for (const std::string_view name : {"loop", "caller", "varargs", "kwargs"})
        (void)intern(name); // in the order of the fixed symbols
}

Symbol ParserState::intern(std::string_view name)
{
    const auto [entry, is_new] = symbols.try_emplace(std::string(name), static_cast<Symbol>(names.size()));
    if (is_new)
        names.emplace_back(name);
    return entry->second;
}

Symbol ParserState::use(std::string_view name)
{
    const Symbol symbol = intern(name);
    for (Procedure* procedure : procedures) {
        procedure->takes_caller |= symbol == caller_symbol;
        procedure->takes_varargs |= symbol == varargs_symbol;
        procedure->takes_kwargs |= symbol == kwargs_symbol;
    }
    for (For* loop : loops)
        loop->uses_loop |= symbol == loop_symbol;
    return symbol;
}

void ParserState::report_unknown(std::string_view kind, std::string_view name, int line)
{
    if (reach == Reach::always)
        unknown_names.push_back({"No " + std::string(kind) + " named " + in_quotes(name) + ".", line});
}

ParserState::Level::Level(ParserState& state)
    : state_(state)
{
    if (state.depth >= max_nesting)
        state.tokens.fail("the template is nested too deeply");
    ++state.depth;
}

} // namespace rocmforge::jinja
