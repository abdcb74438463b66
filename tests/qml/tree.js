// Looks for items below others, breadth first.
.pragma library

function children(item) {
    const list = []
    for (let i = 0; i < item.children.length; ++i)
        list.push(item.children[i])
    return list
}

/// All items of the type below `item` and itself, in order; invisible ones are left out on demand.
function all(item, type, onlyVisible = false) {
    const queue = [item]
    const found = []
    while (queue.length > 0) {
        const next = queue.shift()
        if (onlyVisible && !next.visible)
            continue
        if (next instanceof type)
            found.push(next)
        queue.push(...children(next))
    }
    return found
}

/// The n-th of them, or null.
function find(item, type, n = 0) {
    return all(item, type)[n] ?? null
}
