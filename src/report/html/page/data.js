// The tables of the page: unpacked once, and read by column.

const unpack = async (id) => {
  const packed = document.getElementById(id);
  const text = packed.textContent;
  packed.remove();
  let bytes;
  if (typeof Uint8Array.fromBase64 === "function") {
    bytes = Uint8Array.fromBase64(text);
  } else {
    const letters = atob(text);
    bytes = new Uint8Array(letters.length);
    for (let at = 0; at < letters.length; at += 1) bytes[at] = letters.charCodeAt(at);
  }
  const content = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Response(content).json();
};

class Table {
  constructor({ rows, columns }) {
    this.rows = rows;
    this.columns = columns;
    for (const column of Object.values(columns)) {
      if (Array.isArray(column)) continue;
      const at = new Int32Array(rows);
      let number = 0;
      for (let row = 0; row < rows; row += 1) {
        number += column.at[row];
        at[row] = number;
      }
      column.at = at;
    }
  }

  // The texts of a column, each once, and the number of each row's.
  codes(name) {
    return this.columns[name];
  }

  text(name, row) {
    const { of, at } = this.columns[name];
    return of[at[row]];
  }

  value(name, row) {
    return this.columns[name][row];
  }
}

// Codes of texts that are told row by row.
const coded = (rows, tell) => {
  const of = [null];
  const known = new Map();
  const at = new Int32Array(rows);
  for (let row = 0; row < rows; row += 1) {
    const text = tell(row) ?? null;
    if (text === null) continue;
    let number = known.get(text);
    if (number === undefined) {
      number = of.length;
      known.set(text, number);
      of.push(text);
    }
    at[row] = number;
  }
  return { of, at };
};

// Codes of what follows from the text of another column.
const derived = ({ of, at }, tell) => {
  const mapped = coded(of.length, (number) => tell(of[number]));
  return { of: mapped.of, at: at.map((number) => mapped.at[number]) };
};

// For each number of a code its place in the order of the texts; null comes last.
const ranks = ({ of }) => {
  const order = [...of.keys()].sort((one, other) => {
    if (of[one] === null || of[other] === null) return (of[one] === null) - (of[other] === null);
    return of[one] < of[other] ? -1 : of[one] > of[other] ? 1 : 0;
  });
  const rank = new Float64Array(of.length);
  order.forEach((number, place) => (rank[number] = of[number] === null ? Number.NaN : place));
  return rank;
};

