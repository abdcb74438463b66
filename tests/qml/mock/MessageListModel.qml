import QtQuick

ListModel {
    function add(messageId, role, text, blocks, more = {}) {
        append(Object.assign({
            messageId: messageId, role: role, plainText: text, blocks: blocks, streaming: false,
            branchIndex: 0, branchCount: 1, details: {}, errorText: "",
        }, more))
    }

    function rowOf(messageId) {
        for (let row = 0; row < count; ++row)
            if (get(row).messageId === messageId)
                return row
        return -1
    }

    function lastOf(role) {
        for (let row = count - 1; row >= 0; --row)
            if (get(row).role === role)
                return get(row).messageId
        return 0
    }
}
