#include "settings/settings.h"

#include <QtCore/QMetaProperty>

namespace {

/// Of the settings themselves, without what QObject has.
template <typename Function> void forEachSetting(const QMetaObject& meta, Function&& function)
{
    for (int i = meta.propertyOffset(); i < meta.propertyCount(); ++i)
        function(meta.property(i));
}

} // namespace

Settings::Settings(const QString& file, QObject* parent)
    : QObject(parent)
    , m_file(file, QSettings::IniFormat)
{
    load();
    connect(this, &Settings::changed, this, &Settings::save);
}

Settings::~Settings() = default;

QVariant Settings::defaultOf(const QString& name) const
{
    return m_defaults.value(name);
}

void Settings::reset(const QString& name)
{
    setProperty(name.toUtf8().constData(), m_defaults.value(name));
}

void Settings::load()
{
    forEachSetting(staticMetaObject, [this](const QMetaProperty& property) {
        const QString name = QString::fromLatin1(property.name());
        m_defaults.insert(name, property.read(this));
        if (m_file.contains(name))
            property.write(this, m_file.value(name));
    });
}

void Settings::save()
{
    forEachSetting(staticMetaObject, [this](const QMetaProperty& property) {
        const QString name = QString::fromLatin1(property.name());
        if (m_file.value(name) != property.read(this)
            && (m_file.contains(name) || m_defaults.value(name) != property.read(this)))
            m_file.setValue(name, property.read(this));
    });
}
