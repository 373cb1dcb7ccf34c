"""Lakes to make pages of, and the program that makes them."""

import os
import shutil
import subprocess
from pathlib import Path

import pyarrow
import pyarrow.compute
import pyarrow.parquet as parquet

SECONDS = 600


def call(program, lake, *arguments):
    """Runs the program on a lake."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(lake),
        "SAGESWEEP_LAKE_DESTINATION": str(lake),
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    command = [str(program), *map(str, arguments)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, env=environment, cwd=lake, timeout=SECONDS)
    assert done.returncode in (0, 3), f"exit status {done.returncode}: {done.stderr.decode()[-4000:]}"
    return done.stdout.decode("utf-8")


def demo(program, folder, *arguments):
    """An audited organization."""
    call(program, folder, "demo", "--quiet", "--output", folder, *arguments)
    return folder


def page(program, lake, file, *arguments):
    """The page of a run."""
    call(program, lake, "report", *arguments, "--output", file)
    return file


def failing(lake):
    """How many findings of a lake fail."""
    files = sorted((lake / "v1" / "findings").rglob("*.parquet"))
    return sum(pyarrow.compute.sum(pyarrow.compute.equal(parquet.ParquetFile(file).read(["status"])["status"], "FAIL")).as_py() for file in files)


def latest(lake, table):
    """The rows of a table that the last run wrote."""
    file = max((lake / "v1" / table).rglob("*.parquet"), key=lambda path: path.name)
    return parquet.ParquetFile(file).read().to_pylist()


def grown(lake, folder, most):
    """The same lake with so many failing findings: those that it has again and again, of resources of other names."""
    folder = Path(shutil.copytree(lake, folder))
    (file,) = sorted((folder / "v1" / "findings").rglob("*.parquet"))
    read = parquet.ParquetFile(file).read()
    fails = read.filter(pyarrow.compute.equal(read["status"], "FAIL"))
    copies = []
    for number in range(-(-most // fails.num_rows)):
        table = fails
        for name in ("resource_arn", "resource_name"):
            at = table.column_names.index(name)
            field = table.schema.field(name)
            renamed = pyarrow.compute.binary_join_element_wise(table[name].cast("string"), f"{number:08x}", "-")
            table = table.set_column(at, field, renamed.cast(field.type))
        copies.append(table)
    parquet.write_table(pyarrow.concat_tables(copies).slice(0, most), file, compression="zstd")
    return folder
