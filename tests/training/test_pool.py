import keras
import numpy as np

from artnb.training.pool import ReplayPool


def pictures(*values):
    return np.stack([np.full((2, 2, 3), value, np.float32) for value in values])


def exchange(pool, fakes, slots, chosen):
    given = pool.exchange(fakes, np.array(slots, np.int32), np.array(chosen))
    return keras.ops.convert_to_numpy(given)[:, 0, 0, 0].tolist()


def stored(pool):
    return keras.ops.convert_to_numpy(pool.images)[:, 0, 0, 0].tolist()


def test_it_first_fills_and_gives_back_what_it_is_given():
    pool = ReplayPool(3, 2, seed=0, name="pool")
    assert exchange(pool, pictures(1), [2], [True]) == [1]
    assert exchange(pool, pictures(2), [0], [True]) == [2]
    assert stored(pool) == [1, 2, 0]


def test_once_full_it_exchanges_or_passes_on():
    pool = ReplayPool(2, 2, seed=0, name="pool")
    exchange(pool, pictures(1, 2), [0, 1], [False, False])
    assert exchange(pool, pictures(3), [1], [True]) == [2]
    assert stored(pool) == [1, 3]
    assert exchange(pool, pictures(4), [0], [False]) == [4]
    assert stored(pool) == [1, 3]


def test_a_batch_beyond_the_last_free_places_is_passed_on():
    pool = ReplayPool(3, 2, seed=0, name="pool")
    exchange(pool, pictures(1, 2), [0, 1], [True, True])
    assert exchange(pool, pictures(3, 4), [0, 2], [True, True]) == [3, 4]
    assert stored(pool) == [1, 2, 3]


def test_pictures_of_one_call_go_to_different_places():
    pool = ReplayPool(8, 2, seed=0, name="pool")
    pool(pictures(*range(1, 9)))
    given = keras.ops.convert_to_numpy(pool(pictures(*range(11, 19))))[:, 0, 0, 0]
    kept = [v for v in stored(pool) if v > 10]
    old = [v for v in given.tolist() if v < 10]
    assert len(kept) == len(old) == len(set(kept)) == len(set(old))
    assert sorted(stored(pool) + given.tolist()) == [*range(1, 9), *range(11, 19)]


def test_about_half_of_the_pictures_are_old():
    pool = ReplayPool(4, 2, seed=0, name="pool")
    pool(pictures(0, 0, 0, 0))
    old = 0
    for number in range(1, 201):
        given = keras.ops.convert_to_numpy(pool(pictures(number)))[0, 0, 0, 0]
        old += given != number
    assert 75 < old < 125
