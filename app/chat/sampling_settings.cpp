#include "chat/sampling_settings.h"

#include "settings/settings.h"

#include <QtCore/QJsonValue>
#include <QtCore/QMetaProperty>

SamplingSettings::SamplingSettings(const Settings& defaults, QObject* parent)
    : QObject(parent)
    , m_defaults(defaults)
{
    fromJson({});
}

QVariant SamplingSettings::defaultOf(const QString& name) const
{
    return m_defaults.property(name.toUtf8().constData());
}

bool SamplingSettings::isDefault(const QString& name) const
{
    return property(name.toUtf8().constData()) == defaultOf(name);
}

void SamplingSettings::reset(const QString& name)
{
    setProperty(name.toUtf8().constData(), defaultOf(name));
}

rocmforge::SamplingParameters SamplingSettings::parameters() const
{
    rocmforge::SamplingParameters parameters;
    parameters.temperature = float(m_temperature);
    parameters.top_k = m_topK;
    parameters.top_p = float(m_topP);
    parameters.min_p = float(m_minP);
    parameters.repetition_penalty = float(m_repetitionPenalty);
    if (m_seed >= 0)
        parameters.seed = uint64_t(m_seed);
    return parameters;
}

QJsonObject SamplingSettings::toJson() const
{
    QJsonObject json;
    for (int i = staticMetaObject.propertyOffset(); i < staticMetaObject.propertyCount(); ++i) {
        const QString name = QString::fromLatin1(staticMetaObject.property(i).name());
        if (!isDefault(name))
            json.insert(name, QJsonValue::fromVariant(staticMetaObject.property(i).read(this)));
    }
    return json;
}

void SamplingSettings::fromJson(const QJsonObject& json)
{
    for (int i = staticMetaObject.propertyOffset(); i < staticMetaObject.propertyCount(); ++i) {
        const QMetaProperty property = staticMetaObject.property(i);
        const QString name = QString::fromLatin1(property.name());
        property.write(this, json.contains(name) ? json.value(name).toVariant() : defaultOf(name));
    }
}
