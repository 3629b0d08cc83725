namespace ToolRuntime.Tools.Boundaries;

/// <summary>
/// What a terminal shows, as far as lines that people type into need it: characters where the cursor puts them, no colours. Bounded by the terminal's size.
/// While a program has the other screen, nothing is kept.
/// </summary>
internal sealed class TerminalScreen
{
    /// <summary>More rows than that are not kept.</summary>
    private const int MostRows = 100;

    private readonly ScreenRow[] rows = new ScreenRow[MostRows];
    private int columns, height;
    private long top;
    private int row, column;
    private (int Row, int Column) saved;

    public TerminalScreen(TerminalSize size)
    {
        for (var i = 0; i < rows.Length; i++) rows[i] = new();
        (columns, height) = (size.Cols, Math.Min(size.Rows, MostRows));
    }

    /// <summary>Whether a program fills the screen.</summary>
    public bool Alternate { get; set; }

    /// <summary>Which line the cursor is on; never comes again once it has left the screen.</summary>
    public long Line => top + row;

    /// <summary>The columns before the cursor.</summary>
    public int Column => column;

    /// <summary>The first row of the line that the cursor is on.</summary>
    public long FirstRow => First(Line);

    /// <summary>Where the stream came to that line.</summary>
    public long LineStart => At(FirstRow).Start;

    /// <summary>The text of the cursor's line, cut at <paramref name="most"/> characters.</summary>
    public string LineText(int most) => Text(FirstRow, 0, Last(Line), int.MaxValue, most);

    /// <summary>The text of that line before the cursor.</summary>
    public string TextToCursor(int most) => Text(FirstRow, 0, Line, column, most);

    /// <summary>What is on the screen from a place up to the cursor's line; lines are told apart.</summary>
    public string TextFrom(long line, int from, int most) => Text(Math.Max(line, top), line < top ? 0 : from, Last(Line), int.MaxValue, most);

    /// <summary>The beginning of the cursor's line as it is, if it is of one row.</summary>
    public ReadOnlySpan<char> Cells => rows[(int)(Line % rows.Length)].Cells;

    /// <summary>The terminal has another size from here on; lines keep where they were broken.</summary>
    public void Resize(TerminalSize size, long offset)
    {
        var before = height;
        (columns, height) = (size.Cols, Math.Min(size.Rows, MostRows));
        for (var below = top + before; below < top + height; below++) At(below).Begin(offset, false);
        var scrolled = Math.Max(0, row - (height - 1));
        (top, row, column) = (top + scrolled, row - scrolled, Math.Min(column, columns));
        saved = (Math.Clamp(saved.Row - scrolled, 0, height - 1), Math.Min(saved.Column, columns));
    }

    public void Write(ReadOnlySpan<byte> ascii)
    {
        while (!ascii.IsEmpty)
        {
            if (column >= columns) Wrap();
            var fits = Math.Min(columns - column, ascii.Length);
            At(Line).Set(column, ascii[..fits]);
            column += fits;
            ascii = ascii[fits..];
        }
    }

    /// <param name="character">A character.</param>
    /// <param name="second">The second half of a pair; or NUL, of a character that takes two columns.</param>
    public void Write(char character, char? second = null)
    {
        var width = second is null ? 1 : 2;
        if (column + width > columns) Wrap();
        At(Line).Set(column, character);
        if (second is { } other && columns > 1) At(Line).Set(column + 1, other);
        column += width;
    }

    public void Feed(long offset) => Down(offset, wrapped: false);

    public void Return() => column = 0;

    public void Back() => column = Math.Max(0, Math.Min(column, columns) - 1);

    public void Tab() => column = Math.Min(columns - 1, (column / 8 + 1) * 8);

    public void Move(int down, int right)
    {
        row = Math.Clamp(row + down, 0, height - 1);
        if (right != 0) column = Math.Clamp(Math.Min(column, columns - 1) + right, 0, columns - 1);
    }

    public void Place(int? toRow, int? toColumn)
    {
        if (toRow is { } r) row = Math.Clamp(r, 0, height - 1);
        if (toColumn is { } c) column = Math.Clamp(c, 0, columns - 1);
    }

    public void Save() => saved = (row, column);

    public void Restore() => (row, column) = saved;

    public void EraseLine(int part)
    {
        if (part == 0) At(Line).Cut(column);
        else if (part == 1) At(Line).Blank(0, column + 1);
        else At(Line).Cut(0);
    }

    public void Erase(int part, long offset)
    {
        if (part == 0) At(Line).Cut(column);
        for (var i = part == 0 ? row + 1 : 0; i < height && part != 1; i++) At(top + i).Begin(offset, false);
    }

    public void Delete(int count) => At(Line).Delete(column, count);

    public void Insert(int count) => At(Line).Insert(column, count, columns);

    public void Blank(int count) => At(Line).Blank(column, column + count);

    private void Wrap()
    {
        column = 0;
        Down(At(Line).Start, wrapped: true);
    }

    private void Down(long offset, bool wrapped)
    {
        if (row < height - 1)
        {
            row++;
            if (At(Line) is var next && next.Cells.Trim().IsEmpty) next.Begin(offset, wrapped);
            else if (wrapped) At(Line).Wrapped = true;
            return;
        }

        top++;
        At(Line).Begin(offset, wrapped);
    }

    private ScreenRow At(long line) => rows[(int)(line % rows.Length)];

    private long First(long line)
    {
        while (line > top && At(line).Wrapped) line--;
        return line;
    }

    private long Last(long line)
    {
        while (line < top + height - 1 && At(line + 1) is { Wrapped: true, Length: > 0 }) line++;
        return line;
    }

    private string Text(long line, int from, long last, int to, int most)
    {
        var text = new System.Text.StringBuilder();
        for (var first = line; line <= last && text.Length < most; line++)
        {
            if (line > first && !At(line).Wrapped) text.Append('\n');
            var cells = At(line).Cells;
            if (line == last && to < cells.Length) cells = cells[..to];
            if (line == first) cells = cells[Math.Min(from, cells.Length)..];
            foreach (var cell in cells) if (cell != '\0') text.Append(cell);
            if (line == last && to != int.MaxValue && to <= columns) text.Append(' ', Math.Max(0, to - At(line).Length));
        }

        return text.Length > most ? text.ToString(0, most) : text.ToString();
    }
}
