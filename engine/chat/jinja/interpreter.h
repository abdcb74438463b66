// Runs a parsed template.
#pragma once

#include "ast.h"
#include "evaluator.h"
#include "iteration.h"
#include "loop.h"
#include "runtime.h"
#include "scope.h"

#include <nlohmann/json.hpp>

#include <memory>
#include <string>

namespace rocmforge::jinja {

class Interpreter {
public:
    /// All of them must outlive the interpreter, and the runtime's objects must not be used after it.
    Interpreter(const Template& source, Runtime& runtime, const nlohmann::ordered_json& variables);

    /// Throws TemplateError.
    [[nodiscard]] std::string render();
    /// Runs a macro or the body of a `call` block: its text.
    [[nodiscard]] Value call(const Procedure& procedure, const std::shared_ptr<Scope>& definition,
                             const Arguments& arguments);

private:
    enum class Flow { next, break_loop, continue_loop };
    class Capture;

    [[nodiscard]] Flow run(const Body& body);
    [[nodiscard]] Flow run(const Body& body, std::shared_ptr<Scope> scope);
    [[nodiscard]] std::string captured(const Body& body);

    [[nodiscard]] Flow execute(const TemplateText& node);
    [[nodiscard]] Flow execute(const Print& node);
    [[nodiscard]] Flow execute(const If& node);
    [[nodiscard]] Flow execute(const For& node);
    [[nodiscard]] Flow execute(const Set& node);
    [[nodiscard]] Flow execute(const SetBlock& node);
    [[nodiscard]] Flow execute(const MacroDefinition& node);
    [[nodiscard]] Flow execute(const CallBlock& node);
    [[nodiscard]] Flow execute(const With& node);
    [[nodiscard]] Flow execute(const FilterBlock& node);
    [[nodiscard]] Flow execute(const Scoped& node);
    [[nodiscard]] Flow execute(const Break& node);
    [[nodiscard]] Flow execute(const Continue& node);

    [[nodiscard]] Flow loop(const For& node, const Value& iterable, int depth);
    [[nodiscard]] bool iterate(const For& node, const ItemSource& next, Loop* loop);
    [[nodiscard]] ItemSource items(const For& node, const Value& iterable);
    [[nodiscard]] Loop& loop_object(const For& node, ItemSource source, int depth);

    void write(const Value& value);
    void write(std::string_view text);
    void assign(const Target& target, Value value);
    void assign_attribute(const Target::NamespaceAttribute& target, Value value);
    void unpack(const std::vector<Target>& targets, const Value& value);
    [[nodiscard]] Value filtered(const std::vector<FilterCall>& filters, std::string text);
    [[nodiscard]] std::shared_ptr<Scope> new_scope() const
    {
        return std::make_shared<Scope>(evaluator_.scope());
    }

    const Template& template_;
    Runtime& runtime_;
    Context context_;
    Evaluator evaluator_;
    std::string* out_ = nullptr; ///< where text goes now
};

} // namespace rocmforge::jinja
