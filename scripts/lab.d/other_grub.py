"""GRUB modules of another release than the machine's, as an upgrade leaves them in /boot."""

import shutil

from settings import cached, digest, run

SOURCE = "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian trixie main\n"
PACKAGE = "grub-pc-bin"


def modules():
    """The folder with the i386-pc modules."""

    def make(folder):
        state = folder / "apt"
        for each in ("lists/partial", "archives/partial"):
            (state / each).mkdir(parents=True)
        (state / "sources.list").write_text(SOURCE)
        apt = [
            "apt-get", "-q",
            "-o", f"Dir::Etc::SourceList={state}/sources.list", "-o", "Dir::Etc::SourceParts=-",
            "-o", f"Dir::State::Lists={state}/lists", "-o", f"Dir::Cache={state}", "-o", "APT::Sandbox::User=root",
        ]  # fmt: skip
        run(*apt, "update")
        run(*apt, "download", PACKAGE, cwd=state)
        run("dpkg-deb", "-x", next(state.glob(f"{PACKAGE}_*.deb")), state / "tree")
        for file in (state / "tree/usr/lib/grub/i386-pc").iterdir():
            if file.suffix in (".mod", ".lst"):
                shutil.move(file, folder / file.name)
        shutil.rmtree(state)

    return cached("other-grub", digest(SOURCE, PACKAGE), make)
