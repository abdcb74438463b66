// What the chats ask of the inference thread and what it reports: values that travel between them.
#pragma once

#include "inference/answer_splitter.h"

#include <rocmforge/chat.h>
#include <rocmforge/engine.h>

#include <QtCore/QString>
#include <QtCore/QStringList>

#include <string>
#include <vector>

struct GenerationRequest {
    std::vector<rocmforge::ChatMessage> messages; ///< system prompt first, the question last
    AnswerParts begun; ///< the beginning of the answer where it is to be written on
    rocmforge::SamplingParameters sampling;
    int maxTokens = 0; ///< 0 = until the model stops
    int candidates = 0; ///< to be told of each token
};

/// A token with what it was drawn from, as a person reads it.
struct LastToken {
    rocmforge::DrawnToken drawn;
    QStringList texts; ///< of its candidates
};

/// At most 60 a second per answer; the last one is `finished`.
struct GenerationUpdate {
    quint64 ticket = 0;
    int promptDone = 0; ///< tokens
    QString thinking; ///< more of it
    QString text; ///< more of the answer
    bool replaces = false; ///< `thinking` and `text` are all there is: what was told before was wrong
    rocmforge::RequestStatistics statistics;
    double tokensPerSecond = 0; ///< while decoding
    LastToken lastToken; ///< so far; without candidates where none were asked for
    int droppedMessages = 0; ///< oldest ones, left out because the context is too small
    QString templateFallback; ///< why the model's own chat template was not used
    bool finished = false;
    rocmforge::FinishReason reason = rocmforge::FinishReason::stop_token; ///< with finished
    QString errorText; ///< with FinishReason::error
    QString errorRemedy;
};

struct LoadedModel {
    rocmforge::ModelInfo info;
    QString backend; ///< "CPU AVX-512, 2 threads"
    int contextSize = 0; ///< tokens
    rocmforge::LoadPlan plan; ///< what it took of which device
};

struct LoadOutcome {
    enum Kind { Loaded, Failed, Cancelled };
    Kind kind = Failed;
    LoadedModel model;
    QString errorText;
    QString errorRemedy;
};
