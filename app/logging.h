// Log files: one named logger per folder of the application, one rotating file for all.
#pragma once

#include <QtCore/QString>

#include <spdlog/logger.h>

#include <memory>

/// Writes rocmforge.log in `directory` (three files of 1 MB) from now on; Qt's own messages too.
void openLog(const QString& directory);

/// Any thread. Before openLog() it writes nowhere.
[[nodiscard]] std::shared_ptr<spdlog::logger> logger(const std::string& name);
