// What parsing expressions and parsing statements share.
#pragma once

#include "ast.h"
#include "token_stream.h"

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace rocmforge::jinja {

/// Whether code is reached only under a condition: there, an unknown filter or test is an error only
/// when it is reached.
enum class Reach { always, conditional };

struct ParserState {
    explicit ParserState(std::string_view source);

    TokenStream tokens;
    std::vector<std::string> names;
    std::unordered_map<std::string, Symbol> symbols;
    std::vector<Procedure*> procedures; ///< being parsed, innermost last
    std::vector<For*> loops; ///< whose bodies are being parsed, innermost last
    Reach reach = Reach::always;
    struct UnknownName {
        std::string message;
        int line = 0;
    };
    std::vector<UnknownName> unknown_names; ///< filters and tests that will certainly be missed
    int depth = 0;

    [[nodiscard]] Symbol intern(std::string_view name);
    /// A variable is read.
    [[nodiscard]] Symbol use(std::string_view name);
    void report_unknown(std::string_view kind, std::string_view name, int line);

    /// One level of nesting in the source for as long as it lives.
    class Level {
    public:
        explicit Level(ParserState& state);
        ~Level() { --state_.depth; }
        Level(const Level&) = delete;
        Level& operator=(const Level&) = delete;

    private:
        ParserState& state_;
    };
};

} // namespace rocmforge::jinja
