#include "parser.h"

#include "statement_parser.h"

namespace rocmforge::jinja {

Template parse(std::string_view source)
{
    ParserState state(source);
    Body body = StatementParser(state).parse();
    if (!state.unknown_names.empty())
        TokenStream::fail(state.unknown_names.front().message, state.unknown_names.front().line);
    return {std::move(state.names), std::move(body)};
}

} // namespace rocmforge::jinja
