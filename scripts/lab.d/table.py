"""Many faults, some at a time, and the table of what came of them."""

import concurrent.futures

import case
import vm
from settings import Failure, say

HEADINGS = ("fault", "boots before", "diagnosed", "said", "rescue", "boots after", "said", "improved", "agree")


def run(names, jobs, again):
    results = {}
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        running = {pool.submit(case.run, name, again=again, tell=say): name for name in names}
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
    rows = [HEADINGS] + [row(name, results[name]) for name in names]
    widths = [max(len(each[column]) for each in rows) for column in range(len(HEADINGS))]
    for each in rows:
        print("  ".join(f"{text:{width}}" for text, width in zip(each, widths)).rstrip())
    return 0 if all(result and result["agree"] for result in results.values()) else 1


def row(name, result):
    if result is None:
        return (name, *("-" for _ in HEADINGS[2:]), "no result")
    return (
        name,
        outcomes(result["before"]),
        " ".join(result["diagnosed"]["steps"]) or "nothing",
        said(result["diagnosed"]["boots_alone"]),
        str(result["rescue"]["status"]),
        outcomes(result["after"]),
        said(result["rescue"]["boots_alone"]),
        outcomes(result["improved"]),
        "yes" if result["agree"] else "; ".join(result["complaints"]),
    )


def outcomes(boots):
    """both/a/b: yes, or what it came to instead."""
    return "/".join("yes" if boots[each]["boots"] else boots[each]["outcome"] for each in ("both", "a", "b"))


def said(alone):
    """a/b alone, as predicted."""
    return "/".join(alone.get(disk, "-") for disk in ("a", "b"))
