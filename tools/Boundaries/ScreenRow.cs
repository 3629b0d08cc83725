namespace ToolRuntime.Tools.Boundaries;

/// <summary>A line of a screen. A character of two columns is followed by a NUL, or is a pair of surrogates.</summary>
internal sealed class ScreenRow
{
    private char[] cells = [];

    /// <summary>Columns that were written to.</summary>
    public int Length { get; private set; }

    /// <summary>Whether it goes on with what did not fit on the row above.</summary>
    public bool Wrapped { get; set; }

    /// <summary>Where the stream came to it.</summary>
    public long Start { get; set; }

    public ReadOnlySpan<char> Cells => cells.AsSpan(0, Length);

    public void Begin(long start, bool wrapped) => (Length, Start, Wrapped) = (0, start, wrapped);

    public void Set(int column, char value)
    {
        Room(column + 1);
        cells[column] = value;
    }

    public void Set(int column, ReadOnlySpan<byte> ascii)
    {
        Room(column + ascii.Length);
        System.Text.Ascii.ToUtf16(ascii, cells.AsSpan(column), out _);
    }

    public void Cut(int column) => Length = Math.Min(Length, column);

    public void Blank(int from, int to)
    {
        if (to >= Length) Cut(from);
        else cells.AsSpan(from, Math.Max(0, to - from)).Fill(' ');
    }

    public void Delete(int column, int count)
    {
        if (column >= Length) return;
        count = Math.Min(count, Length - column);
        cells.AsSpan(column + count, Length - column - count).CopyTo(cells.AsSpan(column));
        Length -= count;
    }

    public void Insert(int column, int count, int columns)
    {
        if (column >= Length) return;
        var length = Math.Min(Length + count, columns);
        count = Math.Min(count, length - column);
        Room(length);
        cells.AsSpan(column, length - column - count).CopyTo(cells.AsSpan(column + count));
        cells.AsSpan(column, count).Fill(' ');
    }

    private void Room(int columns)
    {
        if (columns > cells.Length) Array.Resize(ref cells, Math.Max(columns, Math.Max(80, cells.Length * 2)));
        if (columns <= Length) return;
        cells.AsSpan(Length, columns - Length).Fill(' ');
        Length = columns;
    }
}
