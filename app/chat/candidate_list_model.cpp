#include "chat/candidate_list_model.h"

#include <algorithm>

namespace {

/// On one line, with white space that can be seen.
QString readable(QString text)
{
    return text.replace(QLatin1Char('\n'), QChar(0x21b5))
        .replace(QLatin1Char('\r'), QChar(0x240d))
        .replace(QLatin1Char('\t'), QChar(0x21e5));
}

} // namespace

int CandidateListModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_token.texts.size());
}

QVariant CandidateListModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const auto& candidate = m_token.drawn.candidates.at(size_t(index.row()));
    switch (role) {
    case TextRole:
        return readable(m_token.texts.at(index.row()));
    case ProbabilityRole:
        return double(candidate.probability);
    case KeptRole:
        return candidate.kept;
    case DrawnRole:
        return candidate.token == m_token.drawn.token;
    default:
        return {};
    }
}

QHash<int, QByteArray> CandidateListModel::roleNames() const
{
    return {{TextRole, "text"}, {ProbabilityRole, "probability"}, {KeptRole, "kept"}, {DrawnRole, "drawn"}};
}

double CandidateListModel::bestProbability() const
{
    const auto& candidates = m_token.drawn.candidates;
    return candidates.empty() ? 0 : double(candidates.front().probability);
}

int CandidateListModel::keptCount() const
{
    return int(std::ranges::count(m_token.drawn.candidates, true, &rocmforge::TokenCandidate::kept));
}

void CandidateListModel::setActive(bool active)
{
    if (m_active == active)
        return;
    m_active = active;
    emit activeChanged();
}

void CandidateListModel::beginAnswer()
{
    m_preview.reset();
    show({});
}

void CandidateListModel::show(const LastToken& token)
{
    const int before = count(), now = int(token.texts.size());
    if (now > before)
        beginInsertRows({}, before, now - 1);
    else if (now < before)
        beginRemoveRows({}, now, before - 1);
    m_token = token;
    if (now > before)
        endInsertRows();
    else if (now < before)
        endRemoveRows();
    markAndTell();
    if (now != before)
        emit countChanged();
}

void CandidateListModel::preview(const rocmforge::SamplingParameters& parameters)
{
    m_preview = parameters;
    markAndTell();
}

void CandidateListModel::markAndTell()
{
    if (m_preview)
        mark_kept(m_token.drawn.candidates, *m_preview);
    if (count() > 0)
        emit dataChanged(index(0), index(count() - 1));
    emit shown();
}
