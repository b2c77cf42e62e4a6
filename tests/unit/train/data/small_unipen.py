"""A small archive with the layout of UNIPEN's."""

import io
import tarfile

ROOT = "unipen/CDROM/train_r01_v07"
FILES = {
    "data/1a/syn/syn0/b.dat": ".INCLUDE syn/syn0.doc\n.INCLUDE syn/data/b.dat\n"
    '.SEGMENT CHARACTER 0 OK "3"\n.SEGMENT CHARACTER 1 OK "3"\n.SEGMENT CHARACTER 2-3 ? "0"\n',
    "include/syn/data/b.dat": ".INCLUDE syn/nested.doc\n.PEN_DOWN\n5 9\n7 4\n.PEN_UP\n.PEN_DOWN\n105 9\n107 4\n"
    ".PEN_DOWN\n0 10\n10 0\n.PEN_DOWN\n0 0\n10 10\n",
    "include/syn/nested.doc": ".WRITER_ID zoe\n",
    "data/1c/syn/a.dat": '.INCLUDE syn/data/a.dat\n.SEGMENT CHARACTER 0 OK "l"\n',
    "include/syn/data/a.dat": ".WRITER_ID Abe\n.PEN_DOWN\n0 9\n0 0\n.PEN_UP\n",
    "data/1a/aga/x.dat": '.INCLUDE syn/data/a.dat\n.SEGMENT CHARACTER 0 OK "1"\n',  # not one of the sites
    "data/1a/val/z.dat": '.INCLUDE val/data/gresai30.dat\n.SEGMENT CHARACTER 0-1 ? "0"\n.SEGMENT CHARACTER 1 ? "0"\n',
    "include/val/data/gresai30.dat": ".WRITER_ID v\n.PEN_DOWN\n0 0\n5 5\n.PEN_DOWN\n20 0\n26 5\n",
}


def pack(files: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(f"{ROOT}/{name}")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return packed.getvalue()
