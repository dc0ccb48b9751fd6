"""Whose turn it is, with a clock that is told what time it is."""

import pytest

from artnb.collection.turns import HOPELESS_AFTER, Order, Turns


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def turns(clock):
    return Turns(per_host=2, clock=clock)


def order(name, host="a.org"):
    return Order(name, name, (f"https://{host}/{name}",))


def add(turns, names, host="a.org"):
    for name in names:
        turns.add(order(name, host))


def take(turns, most=99):
    return "".join(taken.id for taken in turns.take(most))


def test_a_server_has_so_many_at_a_time(turns):
    add(turns, "abc")
    assert take(turns) == "ab"
    assert take(turns) == ""
    turns.finished("https://a.org/a", reached=True)
    assert take(turns) == "c"
    assert len(turns) == 0


def test_servers_take_turns(turns):
    add(turns, "abcd", "a.org")
    add(turns, "xyz", "b.org")
    assert take(turns, most=3) == "axb"
    assert take(turns) == "y"
    assert len(turns) == 3


def test_names_of_servers_have_no_case_and_no_port(turns):
    for number, url in enumerate(("http://A.org/1", "https://a.org:8080/2", "http://u:p@a.org/3")):
        turns.add(Order(str(number), str(number), (url,)))
    assert take(turns) == "01"


def test_who_waits_is_passed_by(turns, clock):
    turns.add(order("a"), wait_s=5.0)
    add(turns, "b")
    assert take(turns) == "b"
    assert turns.wait_s() == 5.0
    clock.now += 5.0
    assert turns.wait_s() == 0.0
    assert take(turns) == "a"
    assert turns.wait_s() is None


def test_waits_end_in_their_order(turns, clock):
    for name, wait_s in (("a", 3.0), ("b", 1.0), ("c", 1.0)):
        turns.add(order(name), wait_s)
    clock.now += 10
    assert take(turns) == "bc"


def test_a_server_at_rest_is_asked_for_nothing(turns, clock):
    add(turns, "ab")
    assert take(turns, most=1) == "a"
    turns.finished("https://a.org/a", reached=True)
    turns.rest("https://a.org/a", 30.0)
    add(turns, "x", "b.org")
    assert take(turns) == "x"
    assert turns.wait_s() == 30.0
    clock.now += 29.9
    assert take(turns) == ""
    clock.now += 0.2
    assert take(turns) == "b"


def test_the_longer_rest_counts(turns, clock):
    add(turns, "ab")
    take(turns, most=1)
    turns.rest("https://a.org/a", 30.0)
    turns.rest("https://a.org/a", 1.0)
    assert turns.wait_s() == 30.0


def test_a_server_that_is_never_reached_is_hopeless(turns):
    add(turns, "abcdefgh")
    for _ in range(HOPELESS_AFTER):
        taken = turns.take(1)[0]
        assert not turns.is_hopeless(taken)
        turns.finished(taken.url, reached=False)
    taken = turns.take(1)[0]
    assert turns.is_hopeless(taken)
    turns.finished(taken.url, reached=True)
    assert not turns.is_hopeless(taken)


def test_everybody_is_sent_home(turns):
    add(turns, "abc")
    take(turns)
    turns.clear()
    assert (len(turns), take(turns), turns.wait_s()) == (0, "", None)
    turns.finished("https://a.org/a", reached=True)
    turns.finished("https://a.org/b", reached=True)


def test_an_order_goes_from_address_to_address():
    wanted = Order("a", "a", ("https://a.org/1", "https://b.org/2"))
    wanted.moved_to, wanted.failures, wanted.moves = "https://c.org/3", 2, 1
    assert wanted.url == "https://c.org/3"
    assert wanted.next_address()
    assert (wanted.url, wanted.failures, wanted.moves) == ("https://b.org/2", 0, 0)
    assert not wanted.next_address()
