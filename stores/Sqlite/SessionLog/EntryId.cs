namespace ToolRuntime.Stores.Sqlite;

/// <summary>An entry's rowid: the number of its session's log, and its seq.</summary>
internal static class EntryId
{
    public static long Of(long log, long seq) => (log << 32) | seq;

    public static long Seq(long id) => id & uint.MaxValue;
}
