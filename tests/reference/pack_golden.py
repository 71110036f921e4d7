#!/usr/bin/env python3
"""Packs golden vectors for the repository: one deflated .npz per case folder, equal bytes on every run.

  pack_golden.py SRC DST

SRC is a folder of case folders (.npy and .json files, possibly nested, as filters/NAME); DST gets one NAME.npz per folder,
nested alike. Files made from recordings of the Free Spoken Digit Dataset (fsdd_*) are CC BY-SA and are left out.
"""
import sys
import zipfile
from pathlib import Path

FIXED_DATE = (1980, 1, 1, 0, 0, 0)
LEFT_OUT = "fsdd_"


def pack(folder: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for file in sorted(folder.iterdir()):
            if file.suffix not in (".npy", ".json") or file.name.startswith(LEFT_OUT):
                continue
            info = zipfile.ZipInfo(file.name, FIXED_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, file.read_bytes(), compresslevel=9)


def main() -> int:
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    source, destination = Path(sys.argv[1]), Path(sys.argv[2])
    folders = sorted({file.parent for file in source.rglob("*.npy")})
    folders = [folder for folder in folders if not folder.name.startswith(LEFT_OUT)]
    if not folders:
        print(f"pack_golden.py: no .npy file below {source}", file=sys.stderr)
        return 2
    for folder in folders:
        relative = folder.relative_to(source)
        pack(folder, destination / relative.parent / (folder.name + ".npz"))
    print(f"pack_golden.py: {len(folders)} archives in {destination}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
