using Microsoft.Data.Sqlite;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>
/// Reads what a view at a moment needs, from that moment back. Output that it no longer shows is passed over; where one tool has printed a lot of it, inside SQLite. Inside the caller's
/// transaction.
/// </summary>
internal sealed class SqliteMomentReader : IDisposable
{
    /// <summary>Streams that SQLite can pass over at a time.</summary>
    private const int Slots = 4;

    /// <summary>So many outputs are passed over here until SQLite is told.</summary>
    private const int PassedHere = 128;

    private readonly SqliteStatement back;

    public SqliteMomentReader(SqliteConnection connection)
    {
        var others = Enumerable.Range(0, Slots).Select(slot => $"(target IS NOT ?{Target(slot)} OR instr(event, ?{Mark(slot)}) = 0)");
        back = new(connection,
            $"""
            SELECT id, type, target, event, proof FROM entries
            WHERE id BETWEEN ?1 AND ?2 AND (type <> '{OutputEntries.Output}' OR ({string.Join(" AND ", others)})) ORDER BY id DESC
            """);
    }

    /// <summary>The entries in order, without their private parts; null where the limits do not hold them.</summary>
    public List<LogEntry>? Read(long first, long last, string? execution, LogReadLimits limits)
    {
        var (page, hidden, bytes) = (new List<LogEntry>(), new HiddenOutput(execution), 0L);
        try
        {
            Begin(first, last, hidden);
            while (back.Step())
            {
                var (id, type, target) = (back.Long(0), back.Text(1), back.TextOrNull(2));
                var json = back.Blob(3);
                if (hidden.Take(type, target, json))
                {
                    if (hidden.PassedOver < PassedHere) continue;
                    back.Reset();
                    Begin(first, id - 1, hidden);
                    continue;
                }

                bytes += json.Length;
                if (page.Count >= limits.MaxEntries || bytes > limits.MaxBytes) return null;
                page.Add(new(new(EntryId.Seq(id), type, target, json.ToArray(), back.TextOrNull(4)), default));
            }
        }
        finally
        {
            back.Reset();
        }

        page.Reverse();
        return page;
    }

    public void Dispose() => back.Dispose();

    private static int Target(int slot) => 3 + (2 * slot);

    private static int Mark(int slot) => Target(slot) + 1;

    private void Begin(long first, long last, HiddenOutput hidden)
    {
        back.Bind(1, first).Bind(2, last);
        var most = hidden.TakeMost(Slots);
        for (var slot = 0; slot < Slots; slot++)
        {
            var (target, mark) = slot < most.Length ? most[slot] : ("", HiddenOutput.Any);
            back.Bind(Target(slot), target).Bind(Mark(slot), mark);
        }
    }
}
