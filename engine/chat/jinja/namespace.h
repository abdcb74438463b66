// namespace(): the one value whose attributes a template may set.
#pragma once

#include "runtime.h"

#include <string>
#include <string_view>

namespace rocmforge::jinja {

class Namespace : public Object {
public:
    explicit Namespace(Dict attributes)
        : attributes_(std::move(attributes))
    {
    }

    void set(std::string_view name, Value value) { attributes_.set(name, std::move(value)); }

    [[nodiscard]] std::string_view type_name() const override { return "Namespace"; }
    [[nodiscard]] std::string repr(Budget& budget) override;
    [[nodiscard]] std::optional<Value> attribute(Runtime& runtime, std::string_view name) override;

private:
    Dict attributes_;
};

} // namespace rocmforge::jinja
