// Ember, the model that comes with the application.
#pragma once

#include <QtCore/QString>

/// Looks beside the installed executable, then in the source tree. Empty when it is in neither.
[[nodiscard]] QString findDemoModel();
