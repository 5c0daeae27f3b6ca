"""Long work lets calls go first."""

from __future__ import annotations

import threading
import time

from engine.progress import LONGEST_WAIT, GivingWay


def test_a_part_of_long_work_waits_until_the_calls_under_way_have_ended() -> None:
    way, ended, began = GivingWay(), [], threading.Event()

    def work() -> None:
        began.set()
        way.pause()
        ended.append(time.monotonic())

    with way.first():
        thread = threading.Thread(target=work)
        thread.start()
        began.wait()
        time.sleep(LONGEST_WAIT / 5)
        before = time.monotonic()
        assert not ended
    thread.join()
    assert ended[0] >= before


def test_a_slow_call_does_not_stop_long_work() -> None:
    way = GivingWay()
    with way.first():
        thread = threading.Thread(target=way.pause)
        thread.start()
        thread.join(30)
        assert not thread.is_alive()


def test_a_call_that_does_long_work_itself_does_not_wait_for_itself() -> None:
    way = GivingWay()
    with way.first():
        began = time.monotonic()
        for _ in range(200):
            way.pause()
        assert time.monotonic() - began < 200 * LONGEST_WAIT / 2
