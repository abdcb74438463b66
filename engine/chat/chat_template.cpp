#include "chat/chat_template.h"

#include "chat/jinja/ast.h"
#include "chat/jinja/error.h"
#include "chat/jinja/interpreter.h"
#include "chat/jinja/parser.h"

#include <new>
#include <utility>

namespace rocmforge {

namespace {

using nlohmann::ordered_json;

constexpr std::string_view other_template = "Choose another chat template for this model, such as ChatML.";

std::unexpected<Error> failure(const jinja::TemplateError& error)
{
    const std::string line = "line " + std::to_string(error.line);
    if (error.fault == jinja::Fault::raised)
        return fail(ErrorKind::invalid_template, error.message,
                    "The model's chat template does not accept this conversation (" + line + ").");
    return fail(ErrorKind::invalid_template,
                "The chat template fails in " + line + ": " + std::string(jinja::fault_name(error.fault))
                    + ": " + error.message,
                std::string(other_template));
}

std::unexpected<Error> no_memory()
{
    return fail(ErrorKind::out_of_memory, "There is not enough memory to apply the chat template.",
                "Close other programs, or shorten the conversation.");
}

std::tm local_time()
{
    const std::time_t now = std::time(nullptr);
    std::tm date{};
    localtime_r(&now, &date);
    return date;
}

ordered_json json_or_text(const std::string& value)
{
    ordered_json json = ordered_json::parse(value, nullptr, false);
    return json.is_discarded() ? ordered_json(value) : json;
}

} // namespace

struct ChatTemplate::Impl {
    jinja::Template source;
};

ChatTemplate::ChatTemplate(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl))
{
}

ChatTemplate::ChatTemplate(ChatTemplate&&) noexcept = default;
ChatTemplate& ChatTemplate::operator=(ChatTemplate&&) noexcept = default;
ChatTemplate::~ChatTemplate() = default;

Result<ChatTemplate> ChatTemplate::parse(std::string_view source)
{
    try {
        return ChatTemplate(std::make_unique<Impl>(Impl{jinja::parse(source)}));
    } catch (const jinja::TemplateError& error) {
        return failure(error);
    } catch (const std::bad_alloc&) {
        return no_memory();
    }
}

Result<std::string> ChatTemplate::render(const ordered_json& variables,
                                         const RenderEnvironment& environment) const
{
    jinja::Runtime runtime(environment.limits, environment.now ? *environment.now : local_time());
    try {
        return jinja::Interpreter(impl_->source, runtime, variables).render();
    } catch (jinja::TemplateError error) {
        error.line = error.line == 0 ? runtime.line : error.line;
        return failure(error);
    } catch (const std::bad_alloc&) {
        return no_memory();
    }
}

ordered_json template_variables(std::span<const ChatMessage> messages, std::string_view bos,
                                std::string_view eos, const RenderOptions& options)
{
    ordered_json variables{{"messages", ordered_json::array()},
                           {"bos_token", bos},
                           {"eos_token", eos},
                           {"add_generation_prompt", options.add_generation_prompt}};
    for (const ChatMessage& message : messages)
        variables["messages"].push_back({{"role", message.role}, {"content", message.content}});
    for (const auto& [name, value] : options.variables)
        variables[name] = json_or_text(value);
    return variables;
}

std::string_view chatml_template()
{
    return "{% for message in messages %}"
           "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}"
           "{% endfor %}"
           "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";
}

} // namespace rocmforge
