"""What threads share is never more than there is."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from artnb.parallel import Shared


def test_no_more_is_taken_than_there_is():
    shared, lock, taken, most = Shared(10), threading.Lock(), [], []

    def work(wanted):
        with shared.taken(wanted):
            with lock:
                taken.append(wanted)
                most.append(sum(taken))
            time.sleep(0.002)
            with lock:
                taken.remove(wanted)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, [4, 6, 3, 10, 1, 5, 5, 2] * 5))
    assert len(most) == 40
    assert 6 < max(most) <= 10


def test_who_wants_more_than_there_is_gets_all_of_it_alone():
    shared = Shared(10)
    with shared.taken(25):
        waiting = threading.Thread(target=lambda: shared.taken(1).__enter__())
        waiting.start()
        waiting.join(0.05)
        assert waiting.is_alive()
    waiting.join(5)
    assert not waiting.is_alive()
