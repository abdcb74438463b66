#include "filters.h"

namespace rocmforge::jinja {

const Builtin* find_filter(std::string_view name)
{
    for (const auto& table : {text_filters(), layout_filters(), markup_filters(), value_filters(),
                              sequence_filters(), order_filters(), selection_filters()}) {
        if (const Builtin* filter = find_builtin(table, name))
            return filter;
    }
    return nullptr;
}

} // namespace rocmforge::jinja
