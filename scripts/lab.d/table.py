"""Many faults, some at a time, and the table of what came of them."""

import concurrent.futures

import case
import look
import vm
from settings import Failure, say

HEADINGS = ("fault", "boots before", "diagnosed", "said", "rescue", "boots after", "said", "improved", "agree")
LOOK_HEADINGS = ("fault", "boots both/a/b", "verdict", "steps", "said a/b", "agree")


def run(names, jobs, again):
    return collect(names, jobs, lambda name: case.run(name, again=again, tell=say), HEADINGS, row)


def run_looks(names, jobs, again):
    return collect(names, jobs, lambda name: look.run(name, again=again, tell=say), LOOK_HEADINGS, look_row)


def collect(names, jobs, work, headings, row):
    """The results of work(name), some at a time, then the table of them; 0 if all agree."""
    results = {}
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        running = {pool.submit(work, name): name for name in names}
        try:
            for done in concurrent.futures.as_completed(running):
                name = running[done]
                try:
                    results[name] = done.result()
                except Failure as failure:
                    say(f"{name}: {failure}")
                    results[name] = None
        except KeyboardInterrupt:
            vm.stopping.set()
            pool.shutdown(cancel_futures=True)
            raise
    show(headings, [row(name, results[name]) for name in names if results[name]])
    for name in names:
        if results[name] is None:
            print(f"{name}: no result")
    return 0 if all(result and result["agree"] for result in results.values()) else 1


def show(headings, rows):
    rows = [headings, *rows]
    widths = [max(len(each[column]) for each in rows) for column in range(len(headings))]
    for each in rows:
        print("  ".join(f"{text:{width}}" for text, width in zip(each, widths)).rstrip())


def row(name, result):
    return (
        name,
        outcomes(result["before"]),
        " ".join(result["diagnosed"]["steps"]) or "nothing",
        said(result["diagnosed"]["boots_alone"]),
        str(result["rescue"]["status"]),
        outcomes(result["after"]),
        said(result["rescue"]["boots_alone"]),
        outcomes(result["improved"]),
        agreement(result),
    )


def look_row(name, result):
    return (
        name,
        outcomes(result["before"]),
        str(result["diagnosed"]["verdict"]),
        " ".join(result["diagnosed"]["steps"]) or "nothing",
        said(result["diagnosed"]["boots_alone"]),
        agreement(result),
    )


def agreement(result):
    return "yes" if result["agree"] else "; ".join(result["complaints"])


def outcomes(boots):
    """both/a/b: yes, or what it came to instead."""
    seen = {each: "yes" if result["boots"] else result["outcome"] for each, result in boots.items()}
    return "/".join(seen.get(each, "-") for each in ("both", "a", "b"))


def said(alone):
    """a/b alone, as predicted."""
    return "/".join(alone.get(disk, "-") for disk in ("a", "b"))
