"""Pictures that belong together, found from pairs."""

from collections.abc import Iterable

import numpy as np


def group_pairs(count: int, pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Put everything that is connected by pairs into one group.

    Args:
        count: how many things there are.
        pairs: of places.

    Returns:
        Groups of two and more places.
    """
    pairs = list(pairs)
    if not pairs:
        return []
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    rows, columns = np.array(pairs, int).T
    graph = coo_matrix((np.ones(len(rows)), (rows, columns)), shape=(count, count))
    _, labels = connected_components(graph, directed=False)
    groups: dict[int, list[int]] = {}
    for place, label in enumerate(labels.tolist()):
        groups.setdefault(label, []).append(place)
    return [group for group in groups.values() if len(group) > 1]
