"""What may be sent now, with a clock that is told what time it is."""

import pytest

from artnb.web.host_queue import UNREACHABLE_AFTER, HostQueue


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def queue(clock):
    return HostQueue(per_host=2, clock=clock)


def add(queue, names, host="a.org", wait_s=0.0):
    for name in names:
        queue.add(f"https://{host}/{name}", name, wait_s)


def take(queue, most=99):
    return "".join(item for _, item in queue.take(most))


def test_a_server_has_so_many_at_a_time(queue):
    add(queue, "abc")
    assert take(queue) == "ab"
    assert take(queue) == ""
    queue.finished("https://a.org/a", reached=True)
    assert take(queue) == "c"
    assert len(queue) == 0


def test_servers_take_turns(queue):
    add(queue, "abcd", "a.org")
    add(queue, "xyz", "b.org")
    assert take(queue, most=3) == "axb"
    assert take(queue) == "y"
    assert len(queue) == 3


def test_names_of_servers_have_no_case_and_no_port(queue):
    for number, url in enumerate(("http://A.org/1", "https://a.org:8080/2", "http://u:p@a.org/3")):
        queue.add(url, str(number))
    assert take(queue) == "01"


def test_who_waits_is_passed_by(queue, clock):
    add(queue, "a", wait_s=5.0)
    add(queue, "b")
    assert take(queue) == "b"
    assert queue.wait_s() == 5.0
    clock.now += 5.0
    assert queue.wait_s() == 0.0
    assert take(queue) == "a"
    assert queue.wait_s() is None


def test_waits_end_in_their_order(queue, clock):
    for name, wait_s in (("a", 3.0), ("b", 1.0), ("c", 1.0)):
        add(queue, name, wait_s=wait_s)
    clock.now += 10
    assert take(queue) == "bc"


def test_a_server_at_rest_is_asked_for_nothing(queue, clock):
    add(queue, "ab")
    assert take(queue, most=1) == "a"
    queue.finished("https://a.org/a", reached=True)
    queue.rest("https://a.org/a", 30.0)
    add(queue, "x", "b.org")
    assert take(queue) == "x"
    assert queue.wait_s() == 30.0
    clock.now += 29.9
    assert take(queue) == ""
    clock.now += 0.2
    assert take(queue) == "b"


def test_the_longer_rest_counts(queue, clock):
    add(queue, "ab")
    take(queue, most=1)
    queue.rest("https://a.org/a", 30.0)
    queue.rest("https://a.org/a", 1.0)
    assert queue.wait_s() == 30.0


def test_a_server_that_is_never_reached_is_unreachable(queue):
    add(queue, "abcdefgh")
    for _ in range(UNREACHABLE_AFTER):
        [(url, _)] = queue.take(1)
        assert not queue.is_unreachable(url)
        queue.finished(url, reached=False)
    [(url, _)] = queue.take(1)
    assert queue.is_unreachable(url)
    queue.finished(url, reached=True)
    assert not queue.is_unreachable(url)


def test_what_is_in_line_can_be_forgotten(queue):
    add(queue, "abc")
    take(queue)
    queue.clear()
    assert (len(queue), take(queue), queue.wait_s()) == (0, "", None)
    queue.finished("https://a.org/a", reached=True)
    queue.finished("https://a.org/b", reached=True)
