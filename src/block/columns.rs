//! Values of features, column by column: the form in which a forest is asked.
//!
//! Most features of a row are made of sums over its neighbours, and a forest compares one feature of many rows with its
//! thresholds: both are vector code where the values of a column stand beside each other. A value that all rows share
//! stands once.

/// Rows that are asked together; each column is filled up to a multiple of them.
pub const GROUP: usize = 64;

/// The values of some rows.
#[derive(Default)]
pub struct Columns {
    rows: usize,
    values: Vec<f32>,
    columns: Vec<Column>,
}

#[derive(Clone, Copy)]
enum Column {
    /// Where its values begin.
    Each(usize),
    Same(f32),
}

/// The values of a column in a group of rows; behind the last row stands the first of its group again.
pub enum Values<'c> {
    /// One for each row.
    Each(&'c [f32; GROUP]),
    /// One for all.
    Same(f32),
}

impl Columns {
    /// Room for so many rows and columns.
    pub fn new(rows: usize, columns: usize) -> Columns {
        let values = Vec::with_capacity(rows.next_multiple_of(GROUP) * columns);
        Columns { rows, values, columns: Vec::with_capacity(columns) }
    }

    /// The columns of rows that stand one after the other, `columns` values each.
    pub fn of_rows(rows: &[f32], columns: usize) -> Columns {
        let mut all = Columns::default();
        all.fill(rows, columns);
        all
    }

    /// Makes them [`of_rows`](Columns::of_rows) in the same memory. Eight rows at a time, so that a column gets whole
    /// vectors of them.
    pub fn fill(&mut self, rows: &[f32], columns: usize) {
        self.rows = rows.len() / columns;
        let stride = self.rows.next_multiple_of(GROUP);
        self.columns.clear();
        self.columns.extend((0..columns).map(|column| Column::Each(column * stride)));
        let values = &mut self.values;
        values.resize(stride * columns, 0.0);
        for (group, rows) in rows.chunks(GROUP * columns).enumerate() {
            let first = &rows[..columns];
            let parts = rows.chunks(8 * columns).chain(std::iter::repeat(first)).take(GROUP / 8);
            for (part, rows) in parts.enumerate() {
                let row = |at: usize| rows.chunks_exact(columns).nth(at).unwrap_or(&rows[..columns]);
                let [a, b, c, d, e, f, g, h] = std::array::from_fn(row);
                let rows = a.iter().zip(b).zip(c.iter().zip(d)).zip(e.iter().zip(f).zip(g.iter().zip(h)));
                let places = (group * GROUP + 8 * part..).step_by(stride);
                for (place, (((a, b), (c, d)), ((e, f), (g, h)))) in places.zip(rows) {
                    values[place..place + 8].copy_from_slice(&[*a, *b, *c, *d, *e, *f, *g, *h]);
                }
            }
        }
    }

    /// Rows that there are.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Columns that there are.
    pub fn columns(&self) -> usize {
        self.columns.len()
    }

    /// Adds a column, a value for each row.
    pub fn push(&mut self, values: impl IntoIterator<Item = f32>) {
        let at = self.begin();
        self.values.extend(values);
        self.end(at);
    }

    /// Adds a column of which all rows have the same value.
    pub fn push_same(&mut self, value: f32) {
        self.columns.push(Column::Same(value));
    }

    /// Adds a column of which each row has the value that the row `step` rows on has in `column`, or `beyond` where there is none.
    pub fn push_neighbour(&mut self, column: usize, step: isize, beyond: f32) {
        let Column::Each(from) = self.columns[column] else {
            unreachable!("what all rows share tells no neighbours apart");
        };
        let at = self.begin();
        let missing = step.unsigned_abs().min(self.rows);
        let (before, skipped) = if step < 0 { (missing, 0) } else { (0, missing) };
        self.values.extend(std::iter::repeat_n(beyond, before));
        self.values.extend_from_within(from + skipped..from + skipped + self.rows - missing);
        self.values.extend(std::iter::repeat_n(beyond, skipped));
        self.end(at);
    }

    /// Adds all columns of other rows, of which `picked` are these.
    pub fn push_picked(&mut self, others: &Columns, picked: &[u32]) {
        for column in 0..others.columns() {
            match others.columns[column] {
                Column::Same(value) => self.push_same(value),
                Column::Each(from) => {
                    let values = &others.values[from..from + others.rows];
                    match picked.len() == values.len() {
                        true => self.push(values.iter().copied()),
                        false => self.push(picked.iter().map(|&at| values[at as usize])),
                    }
                }
            }
        }
    }

    fn begin(&mut self) -> usize {
        self.columns.push(Column::Each(self.values.len()));
        self.values.len()
    }

    /// Fills a column up.
    fn end(&mut self, at: usize) {
        debug_assert_eq!(self.values.len(), at + self.rows, "a value for each row");
        if !self.rows.is_multiple_of(GROUP) {
            let first = self.values[at + self.rows / GROUP * GROUP];
            self.values.resize(at + self.rows.next_multiple_of(GROUP), first);
        }
    }

    /// Groups that the rows make.
    pub fn groups(&self) -> usize {
        self.rows.div_ceil(GROUP)
    }

    /// A column in a group.
    pub fn values(&self, column: usize, group: usize) -> Values<'_> {
        match self.columns[column] {
            Column::Same(value) => Values::Same(value),
            Column::Each(at) => {
                let (values, _) = self.values[at + group * GROUP..].split_first_chunk().expect("columns are filled up");
                Values::Each(values)
            }
        }
    }

    /// The values of a row.
    pub fn row(&self, at: usize) -> Vec<f32> {
        let value = |column: &Column| match column {
            Column::Same(value) => *value,
            Column::Each(from) => self.values[from + at],
        };
        self.columns.iter().map(value).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_what_was_put_in() {
        for rows in [1, 3, 63, 64, 65, 130] {
            let mut columns = Columns::new(rows, 5);
            columns.push((0..rows).map(|at| at as f32));
            columns.push_same(7.0);
            columns.push_neighbour(0, -2, -1.0);
            columns.push_neighbour(0, 1, -1.0);
            let picked: Vec<u32> = (0..rows as u32).filter(|at| at % 2 == 1).collect();
            let mut half = Columns::new(picked.len(), 4);
            half.push_picked(&columns, &picked);
            let row = |at: usize| {
                let before = if at < 2 { -1.0 } else { (at - 2) as f32 };
                let after = if at + 1 == rows { -1.0 } else { (at + 1) as f32 };
                vec![at as f32, 7.0, before, after]
            };
            (0..rows).for_each(|at| assert_eq!(columns.row(at), row(at)));
            picked.iter().enumerate().for_each(|(place, &at)| assert_eq!(half.row(place), row(at as usize)));
            let flat: Vec<f32> = (0..rows).flat_map(row).collect();
            let same = Columns::of_rows(&flat, 4);
            (0..rows).for_each(|at| assert_eq!(same.row(at), row(at)));
            assert_eq!((same.rows(), same.columns(), same.groups()), (rows, 4, rows.div_ceil(64)));
            let Values::Each(values) = columns.values(0, columns.groups() - 1) else { panic!("a value for each row") };
            let begin = (columns.groups() - 1) * 64;
            let last = (0..64).map(|at| if begin + at < rows { begin + at } else { begin } as f32);
            assert!(values.iter().copied().eq(last));
        }
    }

    #[test]
    fn other_rows_in_the_same_memory_leave_nothing_of_those_before() {
        let mut columns = Columns::default();
        for rows in [65usize, 3, 64, 0, 130, 1] {
            let flat: Vec<f32> = (0..rows * 3).map(|at| (at + rows) as f32).collect();
            columns.fill(&flat, 3);
            assert_eq!((columns.rows(), columns.columns(), columns.groups()), (rows, 3, rows.div_ceil(64)));
            flat.chunks(3).enumerate().for_each(|(at, row)| assert_eq!(columns.row(at), row));
        }
    }

    #[test]
    fn no_rows_have_no_groups() {
        let mut columns = Columns::new(0, 2);
        columns.push([]);
        columns.push_neighbour(0, 3, 0.0);
        assert_eq!((columns.groups(), columns.rows(), columns.columns()), (0, 0, 2));
        assert_eq!(Columns::of_rows(&[], 3).groups(), 0);
    }
}
